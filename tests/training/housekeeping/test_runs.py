"""What the timer does about runs: take up what nobody did, end what cannot go on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from azure.storage.blob import BlobClient, ContainerClient

import training.retraining
from shared.registry.run_store import leased_run, list_runs, upload_run
from shared.registry.runs import MAX_ATTEMPTS, RunState
from shared.settings import Retention
from tests.support.kills import Killed, killed_at
from tests.support.prebuilt_runs import assert_one_whole_release, copy_of
from tests.support.stored_releases import current_version
from tests.support.uploads import FIXED, RUN_SETTINGS, drop, record_of, run_of
from training.housekeeping.maintenance import Stores, maintain
from training.housekeeping.poison import close_poisoned
from training.housekeeping.runs import find_neglected
from training.retraining import retrain
from training.run_opening import open_run_record

AT_ONCE = timedelta(seconds=-60)


@pytest.fixture(autouse=True)
def prebuilt(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training.retraining, "build_release", copy_of(release))


def tick(inputs: ContainerClient, releases: ContainerClient) -> None:
    maintain(Stores(inputs, releases), RUN_SETTINGS, Retention(), AT_ONCE)


def kill(upload: BlobClient, releases: ContainerClient, write: int = 6) -> None:
    with killed_at(write, applied=True), pytest.raises(Killed):
        retrain(upload, releases, RUN_SETTINGS)


def test_an_upload_whose_event_was_lost_is_taken_up(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    upload = drop(inputs, b"any")

    tick(inputs, releases)

    assert_one_whole_release(upload, releases)


def test_a_run_that_died_is_completed(inputs: ContainerClient, releases: ContainerClient) -> None:
    upload = drop(inputs, b"any")
    kill(upload, releases)

    tick(inputs, releases)

    assert_one_whole_release(upload, releases)


def test_a_tick_takes_up_one_upload_the_newest_and_later_ones_the_rest(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    older = drop(inputs, b"older", "older.csv")
    while (newer := drop(inputs, b"newer", "newer.csv")).get_blob_properties().last_modified == (
        older.get_blob_properties().last_modified
    ):
        pass

    tick(inputs, releases)
    assert [entry.state for entry in list_runs(releases)] == ["published"]
    tick(inputs, releases)

    assert record_of(newer, releases)["version"] == current_version(releases)
    assert record_of(older, releases)["state"] == "superseded"


def test_what_is_not_a_csv_or_is_recent_is_left_alone(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    drop(inputs, b"digest", "loans.csv.sha256")
    drop(inputs, b"any")

    maintain(Stores(inputs, releases), RUN_SETTINGS, Retention())

    assert list_runs(releases) == []


def test_a_run_that_is_being_worked_on_is_left_alone(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    upload = drop(inputs, b"any")
    record = open_run_record(releases, run_of(upload), {"name": "loans.csv"}, FIXED)
    assert record

    with record:
        assert find_neglected(inputs, releases, datetime.now(UTC), AT_ONCE) == []
        upload.delete_blob()
        tick(inputs, releases)

        assert [entry.state for entry in list_runs(releases)] == ["running"]


@pytest.mark.parametrize("overwritten", [False, True])
def test_a_run_whose_upload_is_gone_ends_as_superseded(
    inputs: ContainerClient, releases: ContainerClient, overwritten: bool
) -> None:
    upload = drop(inputs, b"any")
    run = run_of(upload)
    kill(upload, releases)
    if overwritten:
        retrain(drop(inputs, b"newer"), releases, RUN_SETTINGS)
    else:
        upload.delete_blob()

    tick(inputs, releases)

    states = {entry.id: entry.state for entry in list_runs(releases)}
    assert states[run] == "superseded"
    assert set(states.values()) <= {"superseded", "published"}


def test_five_killed_attempts_end_as_abandoned_and_say_what_to_do(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    upload = drop(inputs, b"any")
    for _ in range(MAX_ATTEMPTS):
        kill(upload, releases, write=3)

    tick(inputs, releases)
    tick(inputs, releases)

    record = record_of(upload, releases)
    assert (record["state"], record["attempt"]) == ("abandoned", MAX_ATTEMPTS)
    assert f"python -m training requeue {record['id']}" in record["problems"][0]


def test_five_failed_attempts_end_as_abandoned_with_the_last_error(
    inputs: ContainerClient, releases: ContainerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError("the network is down")

    monkeypatch.setattr(training.retraining, "store_release", fail)
    upload = drop(inputs, b"any")
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(ConnectionError):
            retrain(upload, releases, RUN_SETTINGS)

    retrain(upload, releases, RUN_SETTINGS)

    record = record_of(upload, releases)
    assert (record["state"], record["attempt"]) == ("abandoned", MAX_ATTEMPTS)
    assert record["problems"][0] == "ConnectionError: the network is down"


def test_a_damaged_run_record_costs_itself_only(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    upload, other = drop(inputs, b"any"), drop(inputs, b"other", "other.csv")
    for one, content in ((upload, b"\xff{"), (other, b"[" * 100_000)):
        releases.upload_blob(f"runs/{run_of(one)}.json", content)

    tick(inputs, releases)
    tick(inputs, releases)

    states = {record_of(one, releases)["state"] for one in (upload, other)}
    # Uploads of one second may wait for a person to say which is the newer one.
    assert states <= {"published", "superseded", "pending"}


def test_a_failing_part_does_not_keep_the_others_from_running(
    inputs: ContainerClient, releases: ContainerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no retention today")

    monkeypatch.setattr("training.housekeeping.maintenance.apply_retention", fail)
    upload = drop(inputs, b"any")

    with pytest.raises(ValueError, match="no retention today"):
        tick(inputs, releases)

    assert_one_whole_release(upload, releases)


def poison(upload: BlobClient) -> bytes:
    etag = upload.get_blob_properties().etag.strip('"')
    return b'{"Type":"BlobTrigger","BlobName":"%s","ETag":"\\"%s\\""}' % (
        str(upload.blob_name).encode(),
        etag.encode(),
    )


def test_an_upload_that_the_platform_gives_up_on_is_abandoned(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    upload = drop(inputs, b"any")
    kill(upload, releases, write=3)

    assert close_poisoned(releases, poison(upload)) == run_of(upload)

    assert record_of(upload, releases)["state"] == "abandoned"


def test_a_late_poison_message_does_not_undo_that_a_person_had_the_run_taken_up_again(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    upload = drop(inputs, b"any")
    kill(upload, releases, write=3)
    with leased_run(releases, run_of(upload)) as held:
        assert held
        assert held.record
        upload_run(held.blob, {**held.record, "state": "failed", "attempt": 0}, held.lease)

    assert close_poisoned(releases, poison(upload)) is None

    tick(inputs, releases)
    assert_one_whole_release(upload, releases)


@pytest.mark.parametrize("state", ["published", "rejected", "superseded"])
def test_a_poison_message_does_not_change_a_run_that_has_ended(
    inputs: ContainerClient, releases: ContainerClient, state: RunState
) -> None:
    upload = drop(inputs, b"any")
    opened = open_run_record(releases, run_of(upload), {"name": "loans.csv"}, FIXED)
    assert opened
    with opened:
        pass
    with leased_run(releases, run_of(upload)) as held:
        assert held
        held.end(state, "as it was")

    assert close_poisoned(releases, poison(upload)) is None

    assert record_of(upload, releases)["state"] == state


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[" * 100_000])
def test_a_poison_message_that_cannot_be_read_is_dropped(
    releases: ContainerClient, content: bytes
) -> None:
    assert close_poisoned(releases, content) is None


def test_a_poison_message_without_a_run_changes_nothing(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    assert close_poisoned(releases, poison(drop(inputs, b"any"))) is None
    assert list_runs(releases) == []


@pytest.mark.parametrize(("state", "expected"), [("published", []), ("failed", ["loans.csv"])])
def test_a_record_of_an_earlier_version_says_its_state_itself(
    inputs: ContainerClient, releases: ContainerClient, state: str, expected: list[str]
) -> None:
    upload = drop(inputs, b"any")
    kill(upload, releases, write=3)
    record = record_of(upload, releases) | {"state": state}
    releases.upload_blob(f"runs/{run_of(upload)}.json", json.dumps(record), overwrite=True)

    assert find_neglected(inputs, releases, datetime.now(UTC), AT_ONCE) == expected


def test_before_the_first_upload_there_is_nothing_to_do(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    inputs.delete_container()
    releases.delete_container()

    assert close_poisoned(releases, b'{"BlobName": "loans.csv"}') is None
    tick(inputs, releases)

    assert list_runs(releases) == []
