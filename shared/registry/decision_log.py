"""The decision records in storage, one per release, append-only."""

from dataclasses import dataclass

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.account import CONFLICT_ERRORS, replace_json
from shared.release.decisions import DecisionRefusedError, Event, read_events, write_events


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """The decisions about one release.

    Attributes
    ----------
    events : tuple of Event
        Oldest first.
    etag : str or None
        ETag of the stored record; None when it does not exist yet.
    """

    events: tuple[Event, ...]
    etag: str | None


def fetch_record(container: ContainerClient, version: str) -> DecisionRecord:
    """Fetch the decision record of a release; empty when it does not exist.

    Raises
    ------
    BrokenReleaseError
        When the record cannot be read.
    """
    try:
        download = container.download_blob(_record_name(version))
        content = download.readall()
    except ResourceNotFoundError:
        return DecisionRecord((), None)
    try:
        return DecisionRecord(read_events(content), str(download.properties.etag))
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenReleaseError(
            f"{_record_name(version)} must hold a list of decisions, it holds {content[:80]!r}:"
            " restore an earlier version of the blob."
        ) from error


def add_event(
    container: ContainerClient, version: str, event: Event, record: DecisionRecord | None = None
) -> None:
    """Append an event to the record of a release.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    version : str
        The release.
    event : Event
        The new entry.
    record : DecisionRecord, optional
        The record that the decision is based on; by default, whatever is stored.

    Raises
    ------
    ResourceModifiedError, ResourceExistsError
        When the stored record is no longer the given one.
    """
    while True:
        known = record or fetch_record(container, version)
        content = write_events([*known.events, event])
        try:
            replace_json(container, _record_name(version), content, known.etag)
        except CONFLICT_ERRORS:
            if record is not None:
                raise
        else:
            return


def record_decision(
    container: ContainerClient, version: str, event: Event, record: DecisionRecord
) -> None:
    """Append a person's decision, unless somebody else decided since the record was read.

    Raises
    ------
    DecisionRefusedError
        When somebody did.
    """
    try:
        add_event(container, version, event, record)
    except CONFLICT_ERRORS:
        # A repeated write whose first answer was lost conflicts with itself.
        if fetch_record(container, version).events != (*record.events, event):
            raise DecisionRefusedError(
                f"Somebody else has just decided about {version}: check its state again."
            ) from None


def _record_name(version: str) -> str:
    return f"decisions/{version}.json"
