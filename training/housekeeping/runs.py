"""The uploads compared with their runs: what nobody took up, and what ended without a result."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.registry.run_store import RunEntry, fetch_run, leased_run, list_runs
from shared.registry.runs import ENDED, BrokenRunError, run_id

PATIENCE = timedelta(minutes=15)
"""How long the platform may take to deliver an upload, or to deliver it again."""

GONE = (
    "The upload was deleted or overwritten before a run had finished with it: a newer upload has a"
    " run of its own."
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Upload:
    name: str
    uploaded: datetime


def find_neglected(
    inputs: ContainerClient,
    releases: ContainerClient,
    at: datetime,
    patience: timedelta = PATIENCE,
) -> list[str]:
    """Find the uploads that nobody is working on and that have no result, the newest first.

    Parameters
    ----------
    inputs, releases : ContainerClient
        The containers of the uploads and of the run records.
    at : datetime.datetime
        The time by the clock of the storage.
    patience : datetime.timedelta
        How long nothing may have happened.

    Returns
    -------
    list of str
        Names of blobs. An older upload is superseded by a newer one, so that goes first.
    """
    runs = {entry.id: entry for entry in list_runs(releases)}
    neglected = [
        one
        for run, one in _list_uploads(inputs).items()
        if (
            at - one.uploaded >= patience
            if run not in runs
            else _is_neglected(releases, runs[run], at, patience)
        )
    ]
    return [one.name for one in sorted(neglected, key=lambda one: one.uploaded, reverse=True)]


def close_gone(
    inputs: ContainerClient,
    releases: ContainerClient,
    at: datetime,
    patience: timedelta = PATIENCE,
) -> list[str]:
    """End the runs without a result whose upload is not there any more; return their ids."""
    entries = list_runs(releases)
    uploads = _list_uploads(inputs)
    closed = []
    for entry in entries:
        if entry.id not in uploads and _is_neglected(releases, entry, at, patience):
            with leased_run(releases, entry.id) as held:
                if held and held.record and held.record["state"] not in ENDED:
                    held.end("superseded", GONE)
                    closed.append(entry.id)
    return closed


def _list_uploads(inputs: ContainerClient) -> dict[str, _Upload]:
    try:
        return {
            run_id(blob.name, blob.etag, blob.last_modified): _Upload(blob.name, blob.last_modified)
            for blob in inputs.list_blobs()
            if blob.name.endswith(".csv")
        }
    except ResourceNotFoundError:
        return {}


def _is_neglected(
    releases: ContainerClient, entry: RunEntry, at: datetime, patience: timedelta
) -> bool:
    if entry.leased or (at - entry.updated < patience and not entry.requeued):
        return False
    state = entry.state
    if state is None:
        # Written by an earlier version of the code, which kept the state in the record alone.
        try:
            state = fetch_run(releases, entry.id)["state"]
        except BrokenRunError:
            return True
    return state not in ENDED
