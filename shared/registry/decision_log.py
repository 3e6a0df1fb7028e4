"""The decision records in storage, one per release, append-only."""

from collections.abc import Sequence
from dataclasses import dataclass

from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.account import CONFLICT_ERRORS, replace_json
from shared.registry.reading import read_stored
from shared.release.decisions import DecisionRefusedError, Event, read_events, write_events
from shared.release.documents import MalformedDocumentError
from shared.release.states import take_effective

FOLDER = "decisions/"

UNDECIDED = "undecided"
"""Noted beside a record that says no more than that its release was stored."""


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

    def has(self, event: Event) -> bool:
        """Whether an event is on record, recognised by its id."""
        return event.id is not None and event.id in {one.id for one in self.events}


def fetch_record(container: ContainerClient, version: str) -> DecisionRecord:
    """Fetch the decision record of a release; empty when it does not exist.

    Raises
    ------
    BrokenReleaseError
        When the record is damaged.
    """
    name = record_name(version)

    def parse(content: bytes) -> tuple[Event, ...]:
        try:
            return read_events(content)
        except MalformedDocumentError as error:
            raise BrokenReleaseError(
                f"{name} must hold a list of decisions; {error}"
                " Restore an earlier version of the blob."
            ) from error

    found = read_stored(container, name, parse)
    return DecisionRecord(found.value, found.etag) if found else DecisionRecord((), None)


def append_event(container: ContainerClient, version: str, event: Event) -> None:
    """Append an event to whatever is on record, once; an event that is there is recognised.

    Raises
    ------
    BrokenReleaseError
        When the record is damaged.
    """
    while True:
        record = fetch_record(container, version)
        if record.has(event) or try_append(container, version, event, record):
            return


def try_append(
    container: ContainerClient, version: str, event: Event, record: DecisionRecord
) -> bool:
    """Append an event to a record, unless the record has changed since it was read.

    Returns
    -------
    bool
        Whether the event is on record. An event is recognised by its id when the answer to an
        earlier attempt was lost, or when somebody else completed the decision.
    """
    events = (*record.events, event)
    noted = {UNDECIDED: "yes" if _is_undecided(events) else "no"}
    try:
        replace_json(container, record_name(version), write_events(events), record.etag, noted)
    except CONFLICT_ERRORS:
        return fetch_record(container, version).has(event)
    return True


def record_decision(
    container: ContainerClient, version: str, event: Event, record: DecisionRecord
) -> None:
    """Append a person's decision, unless somebody else decided since the record was read.

    Raises
    ------
    DecisionRefusedError
        When somebody did.
    """
    if not try_append(container, version, event, record):
        raise DecisionRefusedError(
            f"Somebody else has just decided about {version}: check its state again."
        )


def record_name(version: str) -> str:
    """Return the name of a decision record's blob."""
    return f"{FOLDER}{version}.json"


def _is_undecided(events: Sequence[Event]) -> bool:
    return [event.action for event in take_effective(events)] == ["stored"]
