"""`python -m training requeue RUN`: an upload whose run ended without a release is taken up."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import BlobClient, ContainerClient

import training.retraining
from shared.registry.run_store import leased_run, list_runs
from shared.settings import Retention, RunSettings
from tests.support.kills import Killed, killed_at
from tests.support.prebuilt_runs import assert_one_whole_release, copy_of
from tests.support.running_app import empty, empty_releases
from tests.support.uploads import RUN_SETTINGS, drop, record_of, run_of
from training.__main__ import main
from training.housekeeping.maintenance import Stores, maintain
from training.retraining import retrain


@pytest.fixture
def account(
    storage: str, release: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[ContainerClient, ContainerClient]:
    """Give the configured storage's containers for uploads and releases, both empty."""
    monkeypatch.setenv("AzureWebJobsStorage", storage)
    monkeypatch.setenv("AS_OF", "2022-03-08")
    monkeypatch.setattr(training.retraining, "build_release", copy_of(release))
    return empty(storage, "input"), empty_releases(storage)


def abandon(upload: BlobClient, releases: ContainerClient) -> str:
    with killed_at(3, applied=True), pytest.raises(Killed):
        retrain(upload, releases, RUN_SETTINGS)
    with leased_run(releases, run_of(upload)) as held:
        assert held
        held.end("abandoned", "given up")
    return run_of(upload)


def test_an_abandoned_run_is_taken_up_by_the_next_tick(
    account: tuple[ContainerClient, ContainerClient], capsys: pytest.CaptureFixture[str]
) -> None:
    inputs, releases = account
    upload = drop(inputs, b"any")
    run = abandon(upload, releases)

    assert main(["requeue", run]) == 0
    assert "the timer takes up loans.csv" in capsys.readouterr().out
    assert list_runs(releases)[0].requeued
    maintain(Stores(inputs, releases), RUN_SETTINGS, Retention())

    assert_one_whole_release(upload, releases)
    assert record_of(upload, releases)["attempt"] == 1


def test_a_run_is_taken_up_at_once_on_request(
    account: tuple[ContainerClient, ContainerClient], capsys: pytest.CaptureFixture[str]
) -> None:
    inputs, releases = account
    upload = drop(inputs, b"any")
    run = abandon(upload, releases)

    assert main(["requeue", run, "--now"]) == 0

    assert f"{run} was taken up again" in capsys.readouterr().out
    assert_one_whole_release(upload, releases)


def test_a_file_that_a_wrong_setting_rejected_is_taken_up_with_the_corrected_one(
    account: tuple[ContainerClient, ContainerClient],
) -> None:
    inputs, releases = account
    upload = drop(inputs, b"any")
    retrain(upload, releases, RunSettings(as_of=date(2100, 1, 1)))
    assert record_of(upload, releases)["state"] == "rejected"

    assert main(["requeue", run_of(upload), "--now"]) == 0

    assert_one_whole_release(upload, releases)
    assert record_of(upload, releases)["fixed"]["as_of"] == "2022-03-08"


@pytest.mark.parametrize(
    ("prepare", "problem"),
    [
        ("publish", "is published"),
        ("delete", "was deleted or overwritten"),
        ("overwrite", "was deleted or overwritten"),
        ("damage", "is damaged: upload the file again"),
        ("lease", "is being worked on"),
        ("forget", "there is none named"),
    ],
)
def test_what_cannot_be_taken_up_is_refused_in_words(
    account: tuple[ContainerClient, ContainerClient],
    capsys: pytest.CaptureFixture[str],
    prepare: str,
    problem: str,
) -> None:
    inputs, releases = account
    upload = drop(inputs, b"any")
    run = run_of(upload)
    record = releases.get_blob_client(f"runs/{run}.json")
    abandon(upload, releases)
    prepared: dict[str, Any] = {
        "publish": lambda: end(releases, run),
        "delete": upload.delete_blob,
        "overwrite": lambda: drop(inputs, b"newer"),
        "damage": lambda: record.upload_blob(b"{", overwrite=True),
        "lease": lambda: record.acquire_lease(15),
        "forget": record.delete_blob,
    }
    prepared[prepare]()

    assert main(["requeue", run]) == 2

    assert problem in capsys.readouterr().err


def end(releases: ContainerClient, run: str) -> None:
    with leased_run(releases, run) as held:
        assert held
        held.end("published", "done")


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("run", ["", "../current", "20261123T060201Z-0A1B2C3D4E", "x" * 500])
def test_what_is_no_id_of_a_run_is_refused(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["requeue", run]) == 2

    assert "Expected the id of a run such as" in capsys.readouterr().err
