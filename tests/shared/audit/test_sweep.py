"""What blobs hold and the chain lacks is appended, once."""

import json
import logging
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from shared.audit.sweep import find_audit, record_decisions, record_missing, record_run
from shared.registry.promotion import approve
from shared.registry.returning import roll_back
from shared.registry.runs import list_attempts
from shared.release.decisions import Actor
from shared.settings import Settings
from tests.support.audit_tables import chained, kinds, new_audit
from tests.support.run_records import put_run, run_name, run_record
from tests.support.stored_releases import publish, variant

ANA = Actor("ana", verified=True)


def test_runs_and_decisions_are_appended_once(
    storage: str, releases: ContainerClient, release: Path
) -> None:
    audit, _ = new_audit(storage)
    put_run(releases, run_name(1))
    publish(releases, release)

    first = record_missing(releases, audit)
    audit.swept.clear()
    again = record_missing(releases, audit)

    assert again == 0
    assert first == len(chained(audit))
    assert set(kinds(audit)) >= {
        "run.started",
        "run.ended",
        "decision.stored",
        "decision.promoted",
    }
    found = audit.executions.fetch(run_name(1))
    assert found
    assert found.state == "published"


def test_every_decision_of_a_person_is_on_record(
    storage: str, releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    audit, _ = new_audit(storage)
    publish(releases, variant(release, tmp_path, "first", "2026-01-01T00:00:00+00:00"))
    publish(releases, variant(release, tmp_path, "second", "2026-01-02T00:00:00+00:00"))
    roll_back(releases, ANA, "the wrong month")
    approve(releases, "second", ANA, "the right month")

    record_missing(releases, audit)

    told = [
        (one.kind, one.fields["version"], one.fields["event"]["why"])
        for one in chained(audit)
        if one.kind.startswith("decision.") and one.fields["event"]["who"] == "ana"
    ]
    assert ("decision.rolled_back_to", "first", "the wrong month") in told
    assert ("decision.rolled_back_from", "second", "the wrong month") in told
    assert ("decision.approved", "second", "the right month") in told


def test_a_decision_is_recorded_at_once_by_its_release(
    storage: str, releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    audit, _ = new_audit(storage)
    publish(releases, variant(release, tmp_path, "first", "2026-01-01T00:00:00+00:00"))
    publish(releases, variant(release, tmp_path, "second", "2026-01-02T00:00:00+00:00"))

    record_decisions(releases, audit, ["first", None, "absent"])

    decisions = [one for one in chained(audit) if one.kind.startswith("decision.")]
    assert {one.fields["version"] for one in decisions} == {"first"}


def test_an_attempt_that_follows_another_is_recorded_too(
    storage: str, releases: ContainerClient
) -> None:
    audit, _ = new_audit(storage)
    put_run(releases, run_name(1), "failed", problems=["gone"])
    record_run(releases, audit, run_name(1))
    put_run(releases, run_name(1), "running", attempt=2)
    record_run(releases, audit, run_name(1))
    put_run(releases, run_name(1), attempt=2)
    record_run(releases, audit, run_name(1))

    assert kinds(audit) == ["run.started", "run.ended", "run.started", "run.ended"]


def test_attempts_that_ended_while_the_tables_were_down_are_on_record(
    storage: str, releases: ContainerClient
) -> None:
    audit, _ = new_audit(storage)
    failed = run_record(run_name(1), "failed", problems=["storage was down"])
    killed = run_record(run_name(1), "running", attempt=2, started="2026-11-23T06:03:00.000+00:00")
    killed |= {"updated": "2026-11-23T06:03:05.000+00:00", "earlier": list_attempts(failed)}  # type: ignore[arg-type]
    begun = "2026-11-23T06:04:00.000+00:00"
    earlier = list_attempts(killed)  # type: ignore[arg-type]
    put_run(releases, run_name(1), attempt=3, started=begun, updated=begun, earlier=earlier)

    record_missing(releases, audit)
    audit.swept.clear()
    record_missing(releases, audit)

    assert [
        (one.kind, one.fields.get("attempt"), one.fields.get("state")) for one in chained(audit)
    ] == [
        ("run.started", 1, None),
        ("run.left", 1, "failed"),
        ("run.started", 2, None),
        ("run.left", 2, "running"),
        ("run.started", 3, None),
        ("run.ended", 3, "published"),
    ]


def test_moves_of_the_pointer_are_on_record(storage: str, releases: ContainerClient) -> None:
    audit, _ = new_audit(storage)
    entry = {
        "number": 1,
        "version": "v1",
        "manifest_sha256": "ab" * 32,
        "moved": {"action": "approved", "at": "2026-01-01T00:00:00+00:00", "who": "ana"},
    }
    releases.upload_blob("history/00000001.json", json.dumps(entry).encode())

    record_missing(releases, audit)

    (move,) = chained(audit)
    assert (move.kind, move.id) == ("pointer.moved", "history/00000001.json")
    assert move.fields["moved"]["who"] == "ana"


@pytest.mark.parametrize(
    "name", ["runs/x.json", "runs/20261123T060201Z-0000000001.json", "decisions/v1.json"]
)
@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'[{"at":NaN}]', b"[" * 100_000, b"\xff"])
def test_a_damaged_blob_costs_itself_only(
    storage: str,
    releases: ContainerClient,
    caplog: pytest.LogCaptureFixture,
    name: str,
    content: bytes,
) -> None:
    audit, _ = new_audit(storage)
    releases.upload_blob(name, content)
    put_run(releases, run_name(9))

    with caplog.at_level(logging.WARNING):
        record_missing(releases, audit)

    assert kinds(audit) == ["run.started", "run.ended"]
    assert (f"{name} is left out" in caplog.text) is (content != b"{}" or "runs" in name)


def test_a_blob_that_was_swept_is_not_read_again(storage: str, releases: ContainerClient) -> None:
    audit, _ = new_audit(storage)
    put_run(releases, run_name(1), "running")
    record_missing(releases, audit)
    put_run(releases, run_name(2), "running")

    assert record_missing(releases, audit) == 1
    assert len(audit.swept) == 2


def test_without_a_table_service_nothing_is_recorded_and_nothing_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert find_audit(Settings(storage_blob_uri="https://a.blob.core.windows.net")) is None

    assert "AzureWebJobsStorage__tableServiceUri" in caplog.text
