"""A run that is held up beyond its lease changes nothing beside its successor."""

import threading
from pathlib import Path

import pytest
from azure.storage.blob import BlobLeaseClient, ContainerClient

import training.retraining
from shared.registry.published import fetch_manifest, fetch_pointer
from shared.registry.runs import run_blob_name
from tests.support.kills import frozen_at
from tests.support.prebuilt_runs import assert_one_whole_release, copy_of, shrink
from tests.support.uploads import RUN_SETTINGS, drop, record_of
from training.retraining import retrain


@pytest.mark.parametrize("write", range(2, 20))
def test_a_frozen_holder_and_its_successor_end_at_the_same_release(
    inputs: ContainerClient,
    releases: ContainerClient,
    release: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: int,
) -> None:
    monkeypatch.setattr(training.retraining, "build_release", copy_of(shrink(release, tmp_path)))
    upload = drop(inputs, b"any")
    failures: list[BaseException] = []

    def run_held_up() -> None:
        try:
            retrain(upload, releases, RUN_SETTINGS)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the test fails with it
            failures.append(error)

    with frozen_at(write) as (frozen, thawed):
        holder = threading.Thread(target=run_held_up)
        holder.start()
        while holder.is_alive() and not frozen.wait(0.05):
            pass
        if frozen.is_set():
            lapse(releases, record_of(upload, releases)["id"])
            retrain(upload, releases, RUN_SETTINGS)
        thawed.set()
        holder.join()

    found = fetch_pointer(releases)
    assert found
    assert failures == []
    assert_one_whole_release(upload, releases)
    # Whichever build was stored, its manifest is the one that was recorded and points to it.
    assert fetch_manifest(releases, found.pointer).version == found.pointer.version


def lapse(releases: ContainerClient, run: str) -> None:
    """Let a lease lapse now: what storage does by itself once its time is up."""
    BlobLeaseClient(releases.get_blob_client(run_blob_name(run))).break_lease(0)
