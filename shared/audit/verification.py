"""Verifies the record: the chain itself, and all that vouches for it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobPrefix, ContainerClient
from msgspec import Struct

from shared.audit.chain import (
    START,
    Record,
    StoredRecord,
    digest,
    encode_canonically,
    find_breaks,
    read_record,
)
from shared.audit.execution import MalformedExecutionError
from shared.audit.sweep import Audit, tell_blobs
from shared.registry.published import release_blob
from shared.release.facts import AuditHead
from shared.release.files import MANIFEST

_RUN = {"run.started": "run", "run.ended": "id"}
_TIMES = {"run.started": "started", "run.ended": "updated"}


class _Vouching(Struct, frozen=True):
    """What is read of a manifest; it holds more."""

    audit_head: AuditHead | None = None


class Verification(Struct, frozen=True):
    """What a verification found.

    Attributes
    ----------
    records : int
        How many records the chain has.
    head : AuditHead
        Of the chain.
    vouching : int
        How many manifests hold a head of the chain.
    faults : list of str
        What was altered, removed, reordered, cut off or replaced.
    """

    records: int
    head: AuditHead
    vouching: int
    faults: list[str]


def verify(container: ContainerClient, audit: Audit, seen: str | None = None) -> Verification:
    """Hold the chain against itself, the manifests, the blobs, the executions and a log line.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    audit : Audit
        The record.
    seen : str, optional
        The hex digest of a head from a log line.
    """
    stored = list(audit.journal.records())
    head = audit.journal.head()
    digests = {one.place: one.sha256 for one in stored}
    records = _read_sound(stored)
    heads = dict(_read_heads(container))
    faults = [
        *find_breaks(stored, head),
        *_check_events(records, audit.journal.events()),
        *_check_heads(digests, heads),
        *_check_log_line(digests, seen),
        *_check_blobs(container, audit, records),
        *_check_executions(audit, records),
    ]
    return Verification(len(stored), head, len(heads), faults)


def _read_sound(stored: list[StoredRecord]) -> dict[str, Record]:
    """Read the sound records, by the digest of their event; the others are named elsewhere."""
    records = {}
    for one in stored:
        if digest(one.content) == one.sha256:
            try:
                record = read_record(one.content)
            except (ValueError, KeyError, TypeError, RecursionError):
                continue
            records[digest(record.id)] = record
    return records


def _check_events(records: Mapping[str, Record], events: Mapping[str, AuditHead]) -> Iterator[str]:
    for event, record in records.items():
        if events.get(event) != record.head:
            yield f"The event of record {record.number} ({record.id}) does not lead to it."
    for event in events.keys() - records.keys():
        yield f"Record {events[event].number} is missing or altered, but its event is known."


def _read_heads(container: ContainerClient) -> Iterator[tuple[str, AuditHead]]:
    for found in container.walk_blobs(delimiter="/"):
        if isinstance(found, BlobPrefix):
            version = found.name.rstrip("/")
            try:
                content = container.download_blob(release_blob(version, MANIFEST)).readall()
                head = msgspec.json.decode(content, type=_Vouching).audit_head
            except (ResourceNotFoundError, msgspec.DecodeError, RecursionError):
                continue
            if head is not None:
                yield version, head


def _check_heads(digests: Mapping[int, str], heads: Mapping[str, AuditHead]) -> Iterator[str]:
    for version, head in heads.items():
        if head != START and digests.get(head.number) != head.sha256:
            found = digests.get(head.number, "none")
            yield (
                f"The manifest of {version} names record {head.number} with the SHA-256"
                f" {head.sha256}, the chain has {found}: it was cut off or rewritten."
            )


def _check_log_line(digests: Mapping[int, str], seen: str | None) -> Iterator[str]:
    if seen is not None and seen.lower() not in digests.values():
        yield f"No record has the SHA-256 {seen}: the chain was cut off or rewritten."


def _check_blobs(
    container: ContainerClient, audit: Audit, records: Mapping[str, Record]
) -> Iterator[str]:
    for told in tell_blobs(container, audit):
        record = records.get(digest(told.id))
        if record and encode_canonically(record.fields) != encode_canonically(told.fields):
            yield f"Storage no longer tells {told.id} as record {record.number} does."


def _check_executions(audit: Audit, records: Mapping[str, Record]) -> Iterator[str]:
    told: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records.values(), key=lambda one: one.number):
        if record.kind in _TIMES:
            told[str(record.fields.get(_RUN[record.kind]))].append(record)
    for run, known in told.items():
        # What was recorded late comes later in the chain, and the clocks of instances differ.
        latest = [known[-1], max(known, key=_happened)]
        # A run that was taken up again is beyond its earlier end.
        if all(one.kind == "run.ended" for one in latest):
            faults = [_compare(audit, run, one.fields) for one in latest]
            if all(faults):
                yield f"Execution {run} {faults[0]} record {latest[0].number}."


def _happened(record: Record) -> str:
    return str(record.fields.get(_TIMES[record.kind]))


def _compare(audit: Audit, run: str, told: Mapping[str, Any]) -> str | None:
    try:
        execution = audit.executions.fetch(run)
    except (msgspec.DecodeError, RecursionError, MalformedExecutionError):
        return "cannot be read, unlike"
    if execution is None:
        return "is missing, unlike"
    same = encode_canonically(msgspec.to_builtins(execution)) == encode_canonically(told)
    return None if same else "differs from"
