"""The decision records in storage, one per release: only ever added to."""

from dataclasses import dataclass

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.account import CONFLICT_ERRORS, replace_json
from shared.release.decisions import Event, read_events, write_events


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """What was decided about one release.

    Attributes
    ----------
    events : tuple of Event
        Oldest first.
    etag : str or None
        Of the record in storage; None when there is none yet.
    """

    events: tuple[Event, ...]
    etag: str | None


def fetch_record(container: ContainerClient, version: str) -> DecisionRecord:
    """Fetch what was decided about a release; nothing where nothing was written down.

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
            " restore it from the storage account's versions."
        ) from error


def add_event(
    container: ContainerClient, version: str, event: Event, record: DecisionRecord | None = None
) -> None:
    """Write down what is done about a release.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    version : str
        Of the release.
    event : Event
        What is done.
    record : DecisionRecord, optional
        What the event was decided upon. Without it the event goes behind whatever was written.

    Raises
    ------
    ResourceModifiedError, ResourceExistsError
        When the record is not the one that was decided upon any more.
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


def _record_name(version: str) -> str:
    return f"decisions/{version}.json"
