"""Run records in storage: read, listed, and written under a lease."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast, get_args

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobLeaseClient, ContainerClient, ContentSettings

from shared.registry.reading import DamagedDocumentError, read_stored
from shared.registry.run_lease import acquire_lease, release_lease
from shared.registry.runs import (
    RUNS,
    BrokenRunError,
    RunRecord,
    RunState,
    read_run,
    run_blob_name,
    write_run,
)

_STATE = "state"
_ATTEMPT = "attempt"
_JSON = ContentSettings(content_type="application/json")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunEntry:
    """What a listing tells of a run.

    Attributes
    ----------
    id : str
        The run.
    state : str or None
        Its state; None where only the record itself tells.
    leased : bool
        Whether an attempt is working on it.
    updated : datetime.datetime
        The last write of its record, by the clock of the storage.
    requeued : bool
        Whether a person had it taken up again, and no attempt has begun since.
    """

    id: str
    state: RunState | None
    leased: bool
    updated: datetime
    requeued: bool = False


def list_runs(container: ContainerClient) -> list[RunEntry]:
    """List all runs, the oldest upload first; reads no record."""
    return [
        RunEntry(
            blob.name.removeprefix(RUNS).removesuffix(".json"),
            _read_state((blob.metadata or {}).get(_STATE)),
            blob.lease.state == "leased",
            blob.last_modified,
            requeued=_is_requeued(blob.metadata or {}),
        )
        for blob in container.list_blobs(name_starts_with=RUNS, include=["metadata"])
    ]


def fetch_run(container: ContainerClient, run: str) -> RunRecord:
    """Fetch a run's record.

    Raises
    ------
    BrokenRunError
        When it cannot be read.
    ResourceNotFoundError
        When there is none.
    """
    try:
        found = read_stored(container, run_blob_name(run), read_run)
    except DamagedDocumentError as error:
        raise BrokenRunError(str(error)) from error
    if found is None:
        raise ResourceNotFoundError(f"There is no run {run}.")
    return found.value


def create_run(container: ContainerClient, record: RunRecord) -> None:
    """Make sure that there is a record to lease, complete from the start for readers."""
    blob = container.get_blob_client(run_blob_name(record["id"]))
    try:
        blob.upload_blob(write_run(record), overwrite=False, **_described(record))
    except ResourceExistsError:
        logger.debug("The run %s has a record already.", record["id"])
    except HttpResponseError as error:
        # One that is leased may be refused for its lease rather than for being there.
        if getattr(error, "error_code", None) != "LeaseIdMissing":
            raise


@contextmanager
def leased_run(container: ContainerClient, run: str) -> Iterator["LeasedRun | None"]:
    """Hold a run between two of its attempts; None while an attempt is working on it."""
    blob = container.get_blob_client(run_blob_name(run))
    lease = acquire_lease(blob, patience_seconds=0)
    if lease is None:
        yield None
        return
    try:
        yield LeasedRun(blob, lease, read_leased(container, run))
    finally:
        release_lease(lease)


@dataclass(frozen=True, slots=True)
class LeasedRun:
    """A run that is held, and its record; None where that is damaged."""

    blob: BlobClient
    lease: BlobLeaseClient
    record: RunRecord | None

    def end(self, state: RunState, problem: str) -> None:
        """Write another state, and why."""
        if self.record is not None:
            changed: RunRecord = {
                **self.record,
                "state": state,
                "problems": [problem],
                "updated": now(),
            }
            upload_run(self.blob, changed, self.lease)


def read_leased(container: ContainerClient, run: str) -> RunRecord | None:
    """Read a record; None, and a log line, where it is damaged."""
    try:
        return fetch_run(container, run)
    except BrokenRunError as error:
        logger.warning("%s: %s", run_blob_name(run), error)
        return None


def upload_run(blob: BlobClient, record: RunRecord, lease: BlobLeaseClient) -> None:
    """Write a run's record; its state also stands where a listing shows it."""
    blob.upload_blob(write_run(record), overwrite=True, lease=lease, **_described(record))


def now() -> str:
    """Return the time as run records have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _described(record: RunRecord) -> dict[str, Any]:
    return {
        "content_settings": _JSON,
        "metadata": {_STATE: record["state"], _ATTEMPT: str(record["attempt"])},
    }


def _read_state(text: str | None) -> RunState | None:
    return cast("RunState", text) if text in get_args(RunState) else None


def _is_requeued(metadata: dict[str, str]) -> bool:
    return metadata.get(_STATE) == "failed" and metadata.get(_ATTEMPT) == "0"
