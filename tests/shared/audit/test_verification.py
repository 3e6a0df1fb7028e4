"""Whatever is done to the record shows, and is named."""

import json
from typing import Any

import msgspec
import pytest
from azure.data.tables import UpdateMode
from azure.storage.blob import ContainerClient

from shared.audit.chain import Record, digest, encode_canonically
from shared.audit.execution import describe_execution
from shared.audit.happenings import tell_execution
from shared.audit.journal import TableJournal
from shared.audit.sweep import Audit, record_missing
from shared.audit.tables import join_text
from shared.audit.verification import Verification, verify
from shared.release.facts import AuditHead
from tests.support.audit_tables import chained, new_audit, new_table, record_entity
from tests.support.run_records import put_run, run_name, run_record


@pytest.fixture
def audit(storage: str, releases: ContainerClient) -> Audit:
    """Return the audit of two runs, of four records."""
    made, _ = new_audit(storage)
    for number in (1, 2):
        put_run(releases, run_name(number))
    record_missing(releases, made)
    return made


def vouch(releases: ContainerClient, version: str, head: AuditHead) -> None:
    content = msgspec.json.encode({"version": version, "audit_head": head})
    releases.upload_blob(f"{version}/manifest.json", content, overwrite=True)


def table_of(audit: Audit) -> Any:
    return audit.journal._table


def change(audit: Audit, number: int, **properties: object) -> None:
    entity = record_entity(table_of(audit), number)
    table_of(audit).update_entity({**entity, **properties}, UpdateMode.REPLACE)


def write_record(audit: Audit, record: Record) -> None:
    """Replace a record as somebody does who knows how digests are made."""
    change(audit, record.number, part00=record.content, sha256=record.head.sha256)
    event = next(
        one
        for one in table_of(audit).query_entities("RowKey ge 'e-' and RowKey lt 'e.'")
        if one["number"] == record.number
    )
    table_of(audit).update_entity({**event, "sha256": record.head.sha256}, UpdateMode.REPLACE)


def test_a_sound_record_has_no_faults(audit: Audit, releases: ContainerClient) -> None:
    vouch(releases, "v1", chained(audit)[1].head)

    found = verify(releases, audit, chained(audit)[3].head.sha256)

    assert found == Verification(4, chained(audit)[3].head, 1, [])


def test_an_empty_record_has_no_faults(storage: str, releases: ContainerClient) -> None:
    assert verify(releases, new_audit(storage)[0]).faults == []


def test_an_altered_record_is_named(audit: Audit, releases: ContainerClient) -> None:
    text = join_text(record_entity(table_of(audit), 2)).replace("loans.csv", "other.csv")
    change(audit, 2, part00=text)

    faults = verify(releases, audit).faults

    assert any(one.startswith("Record 2 was altered") for one in faults)


def test_a_removed_record_is_named(audit: Audit, releases: ContainerClient) -> None:
    table_of(audit).delete_entity("chain", "r-000000000002")

    assert "Record 2 was removed." in verify(releases, audit).faults


def test_reordered_records_are_named(audit: Audit, releases: ContainerClient) -> None:
    second, third = (record_entity(table_of(audit), number) for number in (2, 3))
    for number, other in ((2, third), (3, second)):
        change(audit, number, part00=other["part00"], sha256=other["sha256"])

    faults = verify(releases, audit).faults

    assert "Record 3 is at the place of record 2." in faults
    assert "Record 2 is at the place of record 3." in faults


def test_a_record_that_was_rewritten_with_its_digest_is_named(
    audit: Audit, releases: ContainerClient
) -> None:
    second = chained(audit)[1]
    write_record(audit, Record(2, second.id, second.kind, second.at, {}, second.previous))

    faults = verify(releases, audit).faults

    assert "Record 3 does not follow record 2: one was replaced." in faults


def test_a_chain_that_was_cut_off_is_named(audit: Audit, releases: ContainerClient) -> None:
    table_of(audit).delete_entity("chain", "r-000000000004")

    assert "Record 4 was removed from the end." in verify(releases, audit).faults


def test_a_chain_that_was_rewritten_whole_contradicts_a_manifest_and_a_log_line(
    storage: str, audit: Audit, releases: ContainerClient
) -> None:
    seen = chained(audit)[3].head
    vouch(releases, "v1", seen)
    forged = TableJournal(new_table(storage))
    for one in chained(audit)[:3]:
        forged.record(one.kind, one.id, one.fields)

    faults = verify(releases, Audit(forged, audit.executions), seen.sha256).faults

    assert len(faults) == 2
    assert faults[0].startswith("The manifest of v1 names record 4")
    assert faults[1].startswith(f"No record has the SHA-256 {seen.sha256}")


def test_a_chain_that_is_gone_contradicts_a_manifest(
    storage: str, audit: Audit, releases: ContainerClient
) -> None:
    vouch(releases, "v1", chained(audit)[3].head)

    (fault,) = verify(releases, new_audit(storage)[0]).faults

    assert "the chain has none: it was cut off or rewritten" in fault


@pytest.mark.parametrize("changed", [{"state": "rejected"}, {"attempt": 7}, {"state": "running"}])
def test_an_altered_execution_is_named(
    audit: Audit, releases: ContainerClient, changed: dict[str, Any]
) -> None:
    found = audit.executions.fetch(run_name(1))
    text = encode_canonically({**msgspec.to_builtins(found), **changed})
    table: Any = audit.executions._table
    (entity, _) = sorted(table.list_entities(), key=lambda one: -int(one["RowKey"][:14]))
    table.update_entity({**entity, "part00": text}, UpdateMode.REPLACE)

    (fault,) = verify(releases, audit).faults

    assert fault.startswith(f"Execution {run_name(1)} differs from record")


def test_a_removed_or_damaged_execution_is_named(audit: Audit, releases: ContainerClient) -> None:
    table: Any = audit.executions._table
    later, earlier = sorted(table.list_entities(), key=lambda one: one["RowKey"])
    table.delete_entity("executions", later["RowKey"])
    table.update_entity({**earlier, "part00": "{"}, UpdateMode.REPLACE)

    faults = verify(releases, audit).faults

    assert sorted(one.partition(" record")[0] for one in faults) == [
        f"Execution {run_name(1)} cannot be read, unlike",
        f"Execution {run_name(2)} is missing, unlike",
    ]


def test_a_run_that_was_taken_up_again_is_no_fault(audit: Audit, releases: ContainerClient) -> None:
    put_run(releases, run_name(1), "running", attempt=2)

    record_missing(releases, audit)

    assert verify(releases, audit).faults == []


def test_a_run_that_a_person_had_taken_up_again_is_recorded_again_and_no_fault(
    audit: Audit, releases: ContainerClient
) -> None:
    put_run(releases, run_name(1), "failed", attempt=0, updated="2026-11-24T06:00:00.000+00:00")
    record_missing(releases, audit)
    begun = "2026-11-24T06:05:00.000+00:00"
    put_run(releases, run_name(1), "running", started=begun, updated=begun)

    record_missing(releases, audit)

    assert verify(releases, audit).faults == []
    started = [one for one in chained(audit) if one.kind == "run.started"]
    assert [one.fields["started"] for one in started if one.fields["run"] == run_name(1)] == [
        "2026-11-23T06:02:01.000+00:00",
        begun,
    ]


def test_an_end_that_is_recorded_after_a_later_one_is_no_fault(
    storage: str, releases: ContainerClient
) -> None:
    audit, _ = new_audit(storage)
    failed = run_record(run_name(1), "failed")
    late = tell_execution(describe_execution(json.dumps(failed).encode(), None))
    begun, ended = "2026-11-23T06:03:00.000+00:00", "2026-11-23T06:03:09.000+00:00"
    put_run(releases, run_name(1), attempt=2, started=begun, updated=ended)
    record_missing(releases, audit)

    for one in late:
        audit.journal.record(one.kind, one.id, one.fields)

    assert verify(releases, audit).faults == []


def test_a_decision_that_was_altered_in_storage_is_named(
    audit: Audit, releases: ContainerClient
) -> None:
    event = {"id": "e1", "action": "approved", "at": "2026-01-01", "who": "ana", "why": "good"}
    releases.upload_blob("decisions/v1.json", json.dumps([event]).encode())
    record_missing(releases, audit)
    altered = json.dumps([event | {"who": "ben"}]).encode()
    releases.upload_blob("decisions/v1.json", altered, overwrite=True)

    assert verify(releases, audit).faults == [
        "Storage no longer tells decision/v1/e1 as record 5 does."
    ]


def test_an_event_without_its_record_is_named(audit: Audit, releases: ContainerClient) -> None:
    (first, *_) = table_of(audit).query_entities("RowKey ge 'e-' and RowKey lt 'e.'")
    table_of(audit).create_entity({**first, "RowKey": "e-0"})
    table_of(audit).delete_entity("chain", first["RowKey"])

    faults = verify(releases, audit).faults

    assert len(faults) == 2
    assert any("does not lead to it" in one for one in faults)
    assert any("is missing or altered, but its event is known" in one for one in faults)


def test_a_record_that_is_no_record_is_named_once(audit: Audit, releases: ContainerClient) -> None:
    change(audit, 4, part00="{}", sha256=digest("{}"))

    faults = verify(releases, audit).faults

    assert any(one.startswith("Record 4 cannot be read") for one in faults)
