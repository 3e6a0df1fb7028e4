"""The executions in their table: copies of the run records, newest first."""

from itertools import islice
from typing import Any

import msgspec
from azure.core import MatchConditions
from azure.core.exceptions import (
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.data.tables import TableClient, UpdateMode
from azure.storage.blob import ContainerClient

from shared.audit.chain import encode_canonically
from shared.audit.execution import (
    Execution,
    describe_execution,
    forget_release,
    row_key,
)
from shared.audit.journal import JournalBusyError
from shared.audit.tables import create_missing, join_text, split_text
from shared.registry.published import release_blob
from shared.registry.runs import run_blob_name
from shared.release.files import MANIFEST
from shared.release.manifest import Manifest

_PARTITION = "executions"
_ATTEMPTS = 20
_CONFLICTS = (ResourceExistsError, ResourceModifiedError)


class ExecutionTable:
    """The executions in a table, written from the run records alone.

    Parameters
    ----------
    table : TableClient
        Created when it is missing.
    """

    def __init__(self, table: TableClient) -> None:
        self._table = table

    def fetch(self, run: str) -> Execution | None:
        """Return an execution; None when there is none of that id.

        Raises
        ------
        MalformedExecutionError
            When the id is malformed.
        """
        entity = self._fetch(row_key(run))
        return None if entity is None else _decode(join_text(entity))

    def list(
        self, limit: int, after: str | None = None, state: str | None = None
    ) -> "list[Execution]":
        """List executions, the latest upload first.

        Parameters
        ----------
        limit : int
            The maximum length of the list.
        after : str, optional
            The id behind which the list begins.
        state : str, optional
            The only state to list.

        Raises
        ------
        MalformedExecutionError
            When `after` is malformed.
        """
        conditions = ["PartitionKey eq @partition"]
        values: dict[str, Any] = {"partition": _PARTITION}
        if after is not None:
            conditions.append("RowKey gt @after")
            values["after"] = row_key(after)
        if state is not None:
            conditions.append("state eq @state")
            values["state"] = state
        found = self._table.query_entities(
            " and ".join(conditions), parameters=values, results_per_page=limit
        )
        try:
            return [_decode(join_text(entity)) for entity in islice(found, limit)]
        except ResourceNotFoundError:
            return []

    def mirror(self, container: ContainerClient, run: str) -> Execution:
        """Bring an execution up to its run record.

        Returns
        -------
        Execution
            As it is stored now.

        Raises
        ------
        msgspec.DecodeError, RecursionError
            When the run record cannot be read.
        ResourceNotFoundError
            When there is no run record.
        JournalBusyError
            When others kept writing for too long.

        Notes
        -----
        The run record is read after the entity, and the entity is replaced only if nobody else
        did meanwhile: an older state never replaces a newer one. What is known of the release
        stays when its manifest is gone.
        """
        for _ in range(_ATTEMPTS):
            stored = self._fetch(row_key(run))
            content = container.download_blob(run_blob_name(run)).readall()
            known = _decode_if_sound(stored)
            if known and forget_release(known) == describe_execution(content, None):
                return known
            execution = _read_run(container, content)
            text = encode_canonically(msgspec.to_builtins(execution))
            try:
                self._replace(_entity(execution, text), stored)
            except _CONFLICTS:
                continue
            return execution
        raise JournalBusyError(
            f"Expected to write execution {run}; others did {_ATTEMPTS} times: try again."
        )

    def _fetch(self, row: str) -> Any:
        try:
            return self._table.get_entity(_PARTITION, row)
        except ResourceNotFoundError:
            return None

    def _replace(self, entity: dict[str, Any], stored: Any) -> None:
        if stored is None:
            create_missing(self._table, lambda: self._table.create_entity(entity))
            return
        self._table.update_entity(
            entity,
            UpdateMode.REPLACE,
            etag=stored.metadata["etag"],
            match_condition=MatchConditions.IfNotModified,
        )


def _read_run(container: ContainerClient, content: bytes) -> Execution:
    execution = describe_execution(content, None)
    if execution.version is None or not execution.has_ended:
        return execution
    return describe_execution(content, _find_manifest(container, execution.version))


def _find_manifest(container: ContainerClient, version: str) -> Manifest | None:
    """Find the manifest of a release, None where it is gone or damaged: others judge that."""
    try:
        content = container.download_blob(release_blob(version, MANIFEST)).readall()
        return msgspec.json.decode(content, type=Manifest)
    except (ResourceNotFoundError, msgspec.DecodeError, RecursionError):
        return None


def _entity(execution: Execution, text: str) -> dict[str, Any]:
    keys = {"PartitionKey": _PARTITION, "RowKey": row_key(execution.id)}
    # For the filter, and for whoever looks into the table.
    shown = {"state": execution.state, "blob": execution.source.name}
    return {**keys, **shown, **split_text(text)}


def _decode_if_sound(entity: Any) -> Execution | None:
    """Read a stored execution; a damaged one is replaced."""
    if entity is None:
        return None
    try:
        return _decode(join_text(entity))
    except (msgspec.DecodeError, RecursionError):
        return None


def _decode(text: str) -> Execution:
    return msgspec.json.decode(text, type=Execution)
