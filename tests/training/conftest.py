"""What the tests of training share."""

from pathlib import Path

import pytest

from tests.support.prebuilt_runs import copy_of


@pytest.fixture
def valid_csv(raw_file: Path) -> bytes:
    return raw_file.read_bytes()


@pytest.fixture
def prebuilt(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs copy a release instead of building one."""
    monkeypatch.setattr("training.retraining.build_release", copy_of(release))
