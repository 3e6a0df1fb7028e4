"""The chain in storage: appended to by one transaction per record, however many write."""

import logging
import random
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.data.tables import TableClient, TransactionOperation, UpdateMode

from shared.audit.chain import START, Record, StoredRecord, digest, encode_canonically
from shared.audit.tables import create_missing, join_text, split_text
from shared.errors import CreditRiskError
from shared.release.facts import AuditHead

_PARTITION = "chain"
_HEAD = "head"
# Row keys: records sort by number, and an event is found by the digest of its id.
_RECORD = "r-"
_EVENT = "e-"
_ATTEMPTS = 60
_LONGEST_PAUSE_SECONDS = 0.3
_CONFLICTS = (409, 412)

logger = logging.getLogger(__name__)


class JournalBusyError(CreditRiskError):
    """Others kept writing to the chain."""

    status = 503
    title = "The audit chain is busy"


class Journal(Protocol):
    """Records what happened, each event once."""

    def record(self, kind: str, id: str, fields: Mapping[str, Any]) -> AuditHead: ...  # noqa: A002 -- the name of the column


class TableJournal:
    """The chain in a table.

    Parameters
    ----------
    table : TableClient
        Created when it is missing.

    Notes
    -----
    One transaction creates the record and the entity that finds it by its event, and replaces
    the head if it is still the one that was read. So two writers cannot take one number, an event
    cannot be recorded twice, and a write whose answer was lost recognises itself.
    """

    def __init__(self, table: TableClient) -> None:
        self._table = table

    def record(self, kind: str, id: str, fields: Mapping[str, Any]) -> AuditHead:  # noqa: A002
        """Append an event unless it is recorded already; return the head that it made.

        Raises
        ------
        JournalBusyError
            When others kept writing for too long.
        ValueError
            When the fields are no JSON, or too many.
        """
        for attempt in range(_ATTEMPTS):
            known = self._find_event(id)
            if known is not None:
                return known
            head, etag = self._fetch_head()
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            made = Record(head.number + 1, id, kind, at, fields, head.sha256)
            if self._append(made, etag):
                _log(made)
                return made.head
            time.sleep(random.uniform(0, min(_LONGEST_PAUSE_SECONDS, 0.02 * (attempt + 1))))  # noqa: S311 -- spreads writers
        raise JournalBusyError(
            f"Expected to append {id} to the audit chain; others did {_ATTEMPTS} times: try again."
        )

    def head(self) -> AuditHead:
        """Return the head of the chain."""
        return self._fetch_head()[0]

    def records(self) -> Iterator[StoredRecord]:
        """List the records by place."""
        for entity in self._query(_RECORD):
            place = str(entity["RowKey"]).removeprefix(_RECORD)
            yield StoredRecord(int(place), join_text(entity), str(entity.get("sha256")))

    def events(self) -> dict[str, AuditHead]:
        """Return the record of each event, by the digest of the event's id."""
        return {
            str(entity["RowKey"]).removeprefix(_EVENT): _read_head(entity)
            for entity in self._query(_EVENT)
        }

    def _find_event(self, event: str) -> AuditHead | None:
        entity = self._fetch(_EVENT + digest(event))
        return None if entity is None else _read_head(entity)

    def _fetch_head(self) -> tuple[AuditHead, str | None]:
        entity = self._fetch(_HEAD)
        if entity is None:
            return START, None
        return _read_head(entity), str(entity.metadata["etag"])

    def _fetch(self, row: str) -> Any:
        try:
            return self._table.get_entity(_PARTITION, row)
        except ResourceNotFoundError:
            return None

    def _query(self, prefix: str) -> Iterator[Mapping[str, Any]]:
        after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        places = {"partition": _PARTITION, "first": prefix, "after": after}
        try:
            yield from self._table.query_entities(
                "PartitionKey eq @partition and RowKey ge @first and RowKey lt @after",
                parameters=places,
            )
        except ResourceNotFoundError:
            return

    def _append(self, made: Record, etag: str | None) -> bool:
        head = {"number": made.number, "sha256": made.head.sha256}
        operations: list[Any] = [
            (TransactionOperation.CREATE, _entity(f"{_RECORD}{made.number:012}", _describe(made))),
            (TransactionOperation.CREATE, _entity(_EVENT + digest(made.id), head)),
        ]
        if etag is None:
            operations.append((TransactionOperation.CREATE, _entity(_HEAD, head)))
        else:
            unchanged = {
                "mode": UpdateMode.REPLACE,
                "etag": etag,
                "match_condition": MatchConditions.IfNotModified,
            }
            operations.append((TransactionOperation.UPDATE, _entity(_HEAD, head), unchanged))
        try:
            create_missing(self._table, lambda: self._table.submit_transaction(operations))
        except HttpResponseError as error:
            if error.status_code not in _CONFLICTS:
                raise
            return False
        return True


def _describe(made: Record) -> dict[str, Any]:
    content = {"sha256": made.head.sha256, **split_text(made.content)}
    # For whoever looks into the table; verification reads the text alone.
    return {"kind": made.kind, "event": made.id, **content}


def _entity(row: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"PartitionKey": _PARTITION, "RowKey": row, **properties}


def _read_head(entity: Mapping[str, Any]) -> AuditHead:
    return AuditHead(int(entity["number"]), str(entity["sha256"]))


def _log(made: Record) -> None:
    head = {"number": made.number, "sha256": made.head.sha256, "kind": made.kind, "id": made.id}
    logger.info("audit %s", encode_canonically(head))
