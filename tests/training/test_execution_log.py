"""A run on record as it proceeds, whatever becomes of it."""

import logging
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

import training.retraining
from devhost.storage.emulator import connection_string
from shared.audit.sweep import Audit, open_audit, record_missing
from shared.audit.verification import verify
from shared.registry.published import fetch_manifest, fetch_pointer
from shared.release.manifest import Manifest
from shared.settings import Settings
from tests.support.audit_tables import chained, kinds, new_audit
from tests.support.uploads import RUN_SETTINGS, drop, record_of
from training.pipeline import TrainingJob, build_release
from training.progress import Progress
from training.retraining import retrain


@pytest.fixture
def audit(storage: str) -> Audit:
    return new_audit(storage)[0]


def test_a_run_is_on_record_with_its_steps_and_its_release(
    inputs: ContainerClient, releases: ContainerClient, valid_csv: bytes, audit: Audit
) -> None:
    upload = drop(inputs, valid_csv)

    retrain(upload, releases, RUN_SETTINGS, audit)

    record = record_of(upload, releases)
    found = audit.executions.fetch(record["id"])
    assert found
    assert (found.state, found.version) == ("published", record["version"])
    assert [one.name for one in found.steps] == [one["name"] for one in record["steps"]]
    assert found.counts["users"] == 120
    assert kinds(audit) == [
        "run.started",
        "run.ended",
        "decision.stored",
        "decision.promoted",
        "decision.served",
    ]


def test_the_manifest_holds_the_head_of_the_chain(
    inputs: ContainerClient, releases: ContainerClient, valid_csv: bytes, audit: Audit
) -> None:
    retrain(drop(inputs, valid_csv), releases, RUN_SETTINGS, audit)

    found = fetch_pointer(releases)
    assert found
    assert fetch_manifest(releases, found.pointer).audit_head == chained(audit)[0].head
    verified = verify(releases, audit)
    assert (verified.vouching, verified.faults) == (1, [])


class _Killed(BaseException):
    """Ends a run where it stands."""


def test_a_run_that_is_killed_shows_as_unfinished(
    inputs: ContainerClient,
    releases: ContainerClient,
    valid_csv: bytes,
    audit: Audit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def kill(job: TrainingJob, out: Path, progress: Progress) -> Manifest:
        with progress.step("read"):
            raise _Killed

    monkeypatch.setattr(training.retraining, "build_release", kill)
    upload = drop(inputs, valid_csv)

    with pytest.raises(_Killed):
        retrain(upload, releases, RUN_SETTINGS, audit)

    (found,) = audit.executions.list(10)
    assert (found.state, found.step, found.ended) == ("running", "read", None)
    assert [one.name for one in found.steps] == ["download"]
    assert kinds(audit) == ["run.started"]


def test_a_rejected_file_is_on_record_with_its_problems(
    inputs: ContainerClient, releases: ContainerClient, audit: Audit
) -> None:
    retrain(drop(inputs, b"loan_id,id\n1,2\n"), releases, RUN_SETTINGS, audit)

    (found,) = audit.executions.list(10)
    assert found.state == "rejected"
    assert "Column loan_amount is missing: add it." in found.problems


@pytest.mark.usefixtures("prebuilt")
def test_an_outage_of_the_tables_delays_records_but_loses_none(
    inputs: ContainerClient,
    releases: ContainerClient,
    valid_csv: bytes,
    audit: Audit,
    caplog: pytest.LogCaptureFixture,
) -> None:
    nowhere = connection_string(dict.fromkeys(("Blob", "Queue", "Table"), "http://127.0.0.1:1"))
    upload = drop(inputs, valid_csv)

    with caplog.at_level(logging.WARNING, "training.execution_log"):
        retrain(upload, releases, RUN_SETTINGS, open_audit(Settings(storage_connection=nowhere)))

    assert record_of(upload, releases)["state"] == "published"
    assert (
        len(
            [
                one
                for one in caplog.records
                if "is missing in the audit from download on" in one.message
            ]
        )
        == 1
    )
    record_missing(releases, audit)
    assert set(kinds(audit)) >= {"run.started", "run.ended", "decision.promoted"}
    (found,) = audit.executions.list(10)
    assert found.state == "published"


def test_a_failed_attempt_and_the_next_are_both_on_record(
    inputs: ContainerClient,
    releases: ContainerClient,
    valid_csv: bytes,
    audit: Audit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(job: TrainingJob, out: Path, progress: Progress) -> Manifest:
        raise OSError("no space left")

    monkeypatch.setattr(training.retraining, "build_release", fail)
    upload = drop(inputs, valid_csv)
    with pytest.raises(OSError, match="no space left"):
        retrain(upload, releases, RUN_SETTINGS, audit)
    monkeypatch.setattr(training.retraining, "build_release", build_release)

    retrain(upload, releases, RUN_SETTINGS, audit)

    assert kinds(audit)[:5] == ["run.started", "run.ended", "run.left", "run.started", "run.ended"]
    assert chained(audit)[1].fields["problems"] == ["OSError: no space left"]
    assert verify(releases, audit).faults == []
