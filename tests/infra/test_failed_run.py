"""The alert on a failed run need not wait for the pause before the next attempt."""

import json
import logging
import re

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.storage.blob import BlobClient, ContainerClient

import training.retraining
from shared.settings import RunSettings
from tests.support.paths import ROOT
from training.retraining import retrain
from training.retry_pauses import RetryPauses

QUERY = (ROOT / "infra" / "queries" / "failed-run.kql").read_text("utf-8")


def is_asked_for(line: str) -> bool:
    """Judge a line as the query does, with the texts that stand in the query."""
    event, state = re.findall(r'parse_json\(Message\)\.\w+\) == "(\w+)"', QUERY)
    phrase = re.findall(r'Message has "([^"]+)"\)', QUERY)[0]
    if phrase in line:
        return True
    fields = json.loads(line) if line.startswith("{") else {}
    return (fields.get("event"), fields.get("state")) == (event, state)


def lines_before_the_pause(
    upload: BlobClient, releases: ContainerClient, caplog: pytest.LogCaptureFixture
) -> list[str]:
    before: list[str] = []
    pauses = RetryPauses(lambda: (15,), lambda _: before.extend(caplog.messages))
    with (
        caplog.at_level(logging.INFO),
        pytest.raises(ServiceRequestError),
        pauses.attempt(upload.blob_name),
    ):
        retrain(upload, releases, RunSettings())
    return before


@pytest.mark.parametrize("broken", ["build_release", "open_run_record"])
def test_an_attempt_that_fails_has_said_so_before_it_pauses(
    inputs: ContainerClient,
    releases: ContainerClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: str,
) -> None:
    def fail(*_: object) -> None:
        raise ServiceRequestError("storage is gone")

    monkeypatch.setattr(training.retraining, broken, fail)
    upload = inputs.upload_blob("loans.csv", b"any")

    lines = lines_before_the_pause(upload, releases, caplog)

    asked_for = [line for line in lines if is_asked_for(line)]
    # An attempt that cannot even open its record has the second line alone.
    assert len(asked_for) == (2 if broken == "build_release" else 1)


def test_a_rejected_file_is_no_failed_run(
    inputs: ContainerClient, releases: ContainerClient, caplog: pytest.LogCaptureFixture
) -> None:
    upload = inputs.upload_blob("loans.csv", b"not a csv at all")

    with caplog.at_level(logging.INFO):
        retrain(upload, releases, RunSettings())

    assert any('"run_ended"' in line for line in caplog.messages)
    assert not any(is_asked_for(line) for line in caplog.messages)
