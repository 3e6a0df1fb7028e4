"""Brings the record up to the blobs: what they hold and the chain lacks is appended."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.audit.chain import digest
from shared.audit.execution import MalformedExecutionError
from shared.audit.executions import ExecutionTable
from shared.audit.happenings import Happening, tell_decisions, tell_execution, tell_move
from shared.audit.journal import TableJournal
from shared.audit.tables import CHAIN_TABLE, EXECUTIONS_TABLE, table_client
from shared.errors import SettingError
from shared.settings import Settings

_RUNS = "runs/"
_DECISIONS = "decisions/"
_HISTORY = "history/"

_UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    RecursionError,
    msgspec.DecodeError,
    MalformedExecutionError,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Audit:
    """The record of what happened.

    Attributes
    ----------
    journal : TableJournal
        The chain.
    executions : ExecutionTable
        The executions.
    swept : dict of str to str
        The ETag of each blob that the chain is known to hold.
    """

    journal: TableJournal
    executions: ExecutionTable
    swept: dict[str, str] = field(default_factory=dict)


def open_audit(settings: Settings) -> Audit:
    """Open the record in the account's tables, without asking them.

    Raises
    ------
    SettingError
        When no table service is configured.
    """
    journal = TableJournal(table_client(settings, CHAIN_TABLE))
    return Audit(journal, ExecutionTable(table_client(settings, EXECUTIONS_TABLE)))


def find_audit(settings: Settings) -> Audit | None:
    """Open the record; None, and a warning, where no table service is configured."""
    try:
        return open_audit(settings)
    except SettingError as error:
        logger.warning("Nothing is recorded in the audit: %s", error)
        return None


def record_missing(container: ContainerClient, audit: Audit) -> int:
    """Append what run records, decision records and the pointer's history tell.

    Returns
    -------
    int
        How many records were missing.

    Notes
    -----
    Blobs that are damaged, or removed meanwhile, are passed over with a warning.
    """
    found: list[Happening] = []
    swept = {}
    for prefix in _READERS:
        for blob in container.list_blobs(name_starts_with=prefix):
            if audit.swept.get(blob.name) != blob.etag:
                found += _read_if_sound(container, audit, str(blob.name))
                swept[str(blob.name)] = str(blob.etag)
    missing = _append_missing(audit.journal, found)
    audit.swept.update(swept)
    return missing


def record_decisions(
    container: ContainerClient, audit: Audit, versions: Iterable[str | None]
) -> None:
    """Append the decisions about releases that have just been decided about."""
    names = [f"{_DECISIONS}{version}.json" for version in versions if version]
    _append(
        audit.journal, [one for name in names for one in _read_if_sound(container, audit, name)]
    )


def record_run(container: ContainerClient, audit: Audit, run: str) -> None:
    """Bring an execution up to its run record, and append its start and its end."""
    _append(audit.journal, tell_execution(audit.executions.mirror(container, run)))


def tell_blobs(container: ContainerClient, audit: Audit) -> Iterator[Happening]:
    """Tell what decision records and the pointer's history hold now."""
    for prefix in (_DECISIONS, _HISTORY):
        for name in container.list_blob_names(name_starts_with=prefix):
            yield from _read_if_sound(container, audit, name)


def _read_run(container: ContainerClient, audit: Audit, name: str) -> list[Happening]:
    return tell_execution(audit.executions.mirror(container, _stem(name)))


def _read_decisions(container: ContainerClient, _: Audit, name: str) -> list[Happening]:
    return tell_decisions(_stem(name), container.download_blob(name).readall())


def _read_move(container: ContainerClient, _: Audit, name: str) -> list[Happening]:
    return tell_move(name, container.download_blob(name).readall())


_READERS: Mapping[str, Callable[[ContainerClient, Audit, str], list[Happening]]] = {
    _RUNS: _read_run,
    _DECISIONS: _read_decisions,
    _HISTORY: _read_move,
}


def _stem(name: str) -> str:
    return name.partition("/")[2].removesuffix(".json")


def _read_if_sound(container: ContainerClient, audit: Audit, name: str) -> list[Happening]:
    folder, slash, _ = name.partition("/")
    try:
        return _READERS[folder + slash](container, audit, name)
    except ResourceNotFoundError:
        return []
    except _UNREADABLE as error:
        logger.warning("%s is left out of the audit, it cannot be read: %s", name, error)
        return []


def _append_missing(journal: TableJournal, found: list[Happening]) -> int:
    known = journal.events() if found else {}
    missing = [one for one in found if digest(one.id) not in known]
    _append(journal, missing)
    return len(missing)


def _append(journal: TableJournal, told: list[Happening]) -> None:
    for one in sorted(told, key=lambda one: one.at):
        journal.record(one.kind, one.id, one.fields)
