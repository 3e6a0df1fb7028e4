"""The events of a run in the log, which alerts and metrics count."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.storage.blob import BlobClient, ContainerClient

import training.retraining
from shared.registry.runs import MAX_ATTEMPTS
from tests.support.kills import Killed, killed_at
from tests.support.prebuilt_runs import copy_of
from tests.support.uploads import RUN_SETTINGS, drop, record_of
from training.housekeeping.poison import close_poisoned
from training.retraining import retrain


@pytest.fixture
def events(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.INFO)
    return lambda: [
        {"level": record.levelname, **json.loads(record.getMessage())}
        for record in caplog.records
        if record.name == "training.run_events"
    ]


def test_a_run_is_told_from_its_start_to_its_release(
    inputs: ContainerClient,
    releases: ContainerClient,
    release: Path,
    events: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training.retraining, "build_release", copy_of(release))
    upload = drop(inputs, b"any")

    retrain(upload, releases, RUN_SETTINGS)

    record = record_of(upload, releases)
    told = events()
    assert {event["run"] for event in told} == {record["id"]}
    kinds = [event["event"] for event in told]
    assert (kinds[0], kinds[-1]) == ("run_started", "run_ended")
    steps = [event["step"] for event in told if event["event"] == "run_step"]
    assert (steps[0], steps[-1]) == ("download", "publish")
    gates = [event for event in told if event["event"] == "gate"]
    assert gates
    assert all({"gate", "verdict", "measured", "version"} <= gate.keys() for gate in gates)
    (stored,) = [event for event in told if event["event"] == "release_stored"]
    assert (stored["version"], stored["state"]) == (record["version"], "published")
    assert stored["users"] == 120
    end = told[-1]
    assert (end["state"], end["version"], end["level"]) == ("published", record["version"], "INFO")
    assert end["seconds"] > 0
    assert end["attempt"] == 1


def test_a_rejected_file_is_an_event_of_its_own(
    inputs: ContainerClient, releases: ContainerClient, events: Any
) -> None:
    retrain(drop(inputs, b"loan_id;id\nx;y\n", "bad.csv"), releases, RUN_SETTINGS)

    *_, rejected, end = events()
    assert (rejected["event"], rejected["file"], rejected["level"]) == (
        "file_rejected",
        "bad.csv",
        "WARNING",
    )
    assert rejected["problems"] == 22
    assert rejected["problem"]
    assert (end["event"], end["state"], end["level"]) == ("run_ended", "rejected", "WARNING")


def test_a_failed_attempt_says_why(
    inputs: ContainerClient,
    releases: ContainerClient,
    events: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ServiceRequestError("storage is gone")

    monkeypatch.setattr(training.retraining, "build_release", fail)

    with pytest.raises(ServiceRequestError):
        retrain(drop(inputs, b"any"), releases, RUN_SETTINGS)

    end = events()[-1]
    assert (end["event"], end["state"], end["level"]) == ("run_ended", "failed", "ERROR")
    assert end["problem"] == "ServiceRequestError: storage is gone"


def kill(upload: BlobClient, releases: ContainerClient) -> None:
    with killed_at(3, applied=True), pytest.raises(Killed):
        retrain(upload, releases, RUN_SETTINGS)


def test_a_run_whose_attempts_were_all_killed_is_told_as_abandoned_once(
    inputs: ContainerClient, releases: ContainerClient, events: Any
) -> None:
    upload = drop(inputs, b"any")
    for _ in range(MAX_ATTEMPTS):
        kill(upload, releases)

    retrain(upload, releases, RUN_SETTINGS)
    retrain(upload, releases, RUN_SETTINGS)

    (end,) = [one for one in events() if one.get("state") == "abandoned"]
    assert (end["event"], end["level"], end["file"]) == ("run_ended", "ERROR", "loans.csv")
    assert "requeue" in end["problem"]


def test_a_run_that_the_platform_gives_up_on_is_told_as_abandoned(
    inputs: ContainerClient, releases: ContainerClient, events: Any
) -> None:
    upload = drop(inputs, b"any")
    kill(upload, releases)
    etag = upload.get_blob_properties().etag

    close_poisoned(releases, json.dumps({"BlobName": "loans.csv", "ETag": etag}).encode())

    end = events()[-1]
    assert (end["event"], end["state"], end["level"]) == ("run_ended", "abandoned", "ERROR")
    assert end["run"] == record_of(upload, releases)["id"]
