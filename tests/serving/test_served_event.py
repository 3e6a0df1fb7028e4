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
    manifest = replace(load_fixed_release(tmp_path).get().manifest, created=created)

    log_served(manifest)

    event = json.loads(caplog.messages[-1])
    assert (event["event"], event["version"]) == ("release_served", manifest.version)
    assert event["age_days"] is None
