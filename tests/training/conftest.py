"""What the tests of training share."""

from pathlib import Path

import pytest


@pytest.fixture
def valid_csv(raw_file: Path) -> bytes:
    return raw_file.read_bytes()
