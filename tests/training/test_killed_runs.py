"""A run that is killed at any write is completed by the next delivery: one release, one folder."""

from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

import training.retraining
from shared.settings import RunSettings
from tests.support.kills import Killed, killed_at
from tests.support.prebuilt_runs import assert_one_whole_release, copy_of, shrink
from tests.support.uploads import RUN_SETTINGS, drop, record_of
from training.retraining import retrain


@pytest.fixture
def prebuilt(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a run build nothing new: what it writes to storage is what counts here."""
    monkeypatch.setattr(training.retraining, "build_release", copy_of(shrink(release, tmp_path)))


def count_writes(inputs: ContainerClient, releases: ContainerClient, content: bytes) -> int:
    upload = drop(inputs, content, "counted.csv")
    with killed_at(-1, applied=False) as written:
        retrain(upload, releases, RUN_SETTINGS)
    for name in list(releases.list_blob_names()):
        releases.delete_blob(name)
    return len(written)


def test_a_run_killed_at_any_write_ends_in_one_release(
    inputs: ContainerClient, releases: ContainerClient, prebuilt: None
) -> None:
    n_writes = count_writes(inputs, releases, b"any")
    assert n_writes > 15

    for write in range(n_writes):
        for name in list(releases.list_blob_names()):
            releases.delete_blob(name)
        upload = drop(inputs, b"any", f"{write}.csv")
        # Killed after a write: before the next one, storage is the same.
        with killed_at(write, applied=True), pytest.raises(Killed):
            retrain(upload, releases, RUN_SETTINGS)

        retrain(upload, releases, RUN_SETTINGS)

        assert_one_whole_release(upload, releases)


@pytest.mark.parametrize("write", [4, 9, 14])
def test_a_real_run_that_is_killed_ends_in_one_release(
    inputs: ContainerClient, releases: ContainerClient, valid_csv: bytes, write: int
) -> None:
    upload = drop(inputs, valid_csv)
    with killed_at(write, applied=True), pytest.raises(Killed):
        retrain(upload, releases, RUN_SETTINGS)

    retrain(upload, releases, RUN_SETTINGS)

    assert_one_whole_release(upload, releases)


def test_a_run_keeps_its_release_and_settings_over_its_attempts(
    inputs: ContainerClient, releases: ContainerClient, prebuilt: None
) -> None:
    upload = drop(inputs, b"any")
    with killed_at(3, applied=True), pytest.raises(Killed):
        retrain(upload, releases, RUN_SETTINGS)
    first = record_of(upload, releases)

    retrain(upload, releases, RunSettings(cost_ratio=2.0))

    second = record_of(upload, releases)
    assert (second["version"], second["fixed"]) == (first["version"], first["fixed"])
    assert second["attempt"] == 2


def test_a_run_that_was_killed_says_so_and_in_which_step(
    inputs: ContainerClient, releases: ContainerClient, prebuilt: None
) -> None:
    upload = drop(inputs, b"any")
    with killed_at(3, applied=True), pytest.raises(Killed):
        retrain(upload, releases, RUN_SETTINGS)
    killed = record_of(upload, releases)
    with killed_at(4, applied=True), pytest.raises(Killed):
        retrain(upload, releases, RUN_SETTINGS)
    under_way = record_of(upload, releases)

    retrain(upload, releases, RUN_SETTINGS)

    expected = f"Attempt 1 was interrupted in {killed.get('step')}, some time after"
    assert [said.startswith(expected) for said in under_way["problems"]] == [True]
    ended = record_of(upload, releases)
    assert (ended["state"], ended["attempt"], ended["problems"]) == ("published", 3, [])
    assert [(one["attempt"], one["state"]) for one in ended["earlier"]] == [
        (1, "running"),
        (2, "running"),
    ]


def test_a_run_that_failed_was_not_interrupted(
    inputs: ContainerClient,
    releases: ContainerClient,
    prebuilt: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upload = drop(inputs, b"any")
    with monkeypatch.context() as patch:
        patch.setattr(training.retraining, "build_release", _fail)
        with pytest.raises(OSError, match="full"):
            retrain(upload, releases, RUN_SETTINGS)

    retrain(upload, releases, RUN_SETTINGS)

    ended = record_of(upload, releases)
    assert [one["state"] for one in ended["earlier"]] == ["failed"]
    assert ended["problems"] == []


def _fail(*_: object) -> None:
    raise OSError("full")
