"""The event of an instance that begins to serve a release."""

import json
import logging
from pathlib import Path

import pytest
from msgspec.structs import replace

from serving.served_event import log_served
from tests.support.fixed_release import load_fixed_release


@pytest.mark.parametrize("created", ["", "2026-01-01T00:00:00"])
def test_a_release_whose_age_cannot_be_told_is_served_all_the_same(
    created: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    loaded = load_fixed_release(tmp_path).get()
    loaded.manifest = replace(loaded.manifest, created=created)

    log_served(loaded)

    event = json.loads(caplog.messages[-1])
    assert (event["event"], event["version"]) == ("release_served", loaded.version)
    assert event["age_days"] is None
