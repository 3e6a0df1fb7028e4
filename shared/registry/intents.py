"""Moves that were begun: each lies in `intents/` until its outcome is on record."""

import logging
import re
from dataclasses import dataclass

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import ContainerClient, ContentSettings

from shared.registry.reading import list_names, read_stored
from shared.release.decisions import Event
from shared.release.pointer import Pointer

FOLDER = "intents/"

_NAME = re.compile(r"intents/(\d{8,})-([0-9a-f]{32})\.json")
_NO_RECORD = "none"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Intent:
    """A move that was begun.

    Attributes
    ----------
    entry : Pointer
        The entry of the history that it makes.
    record_etag : str or None
        ETag of the decision record that permits it; None for a release without one.
    """

    entry: Pointer
    record_etag: str | None

    @property
    def event(self) -> Event:
        """The decision."""
        moved = self.entry.moved
        assert moved is not None, "an entry without an event is not readable"
        return moved


def write_intent(container: ContainerClient, intent: Intent) -> None:
    """Note that a move begins."""
    blob = container.get_blob_client(_intent_name(intent.event))
    try:
        blob.upload_blob(
            intent.entry.to_json(),
            overwrite=False,
            content_settings=ContentSettings(content_type="application/json"),
            metadata={"record_etag": intent.record_etag or _NO_RECORD},
        )
    except ResourceExistsError:
        # The name has the event's id: the answer to an earlier attempt was lost.
        logger.info("The move is noted already.")


def list_intents(container: ContainerClient) -> list[str]:
    """List the names of the moves that were begun, by their number."""
    return list_names(container, FOLDER)


def fetch_intent(container: ContainerClient, name: str) -> Intent | None:
    """Fetch a move that was begun; None when its outcome is on record.

    Raises
    ------
    BrokenReleaseError
        When it is damaged.
    """
    found = read_stored(container, name, lambda content: Pointer.from_json(content, name))
    if found is None:
        return None
    etag = found.metadata.get("record_etag", _NO_RECORD)
    return Intent(found.value, None if etag == _NO_RECORD else etag)


def find_intent(container: ContainerClient, event: Event) -> Intent | None:
    """Fetch the move that an event began; raises as `fetch_intent` does."""
    return fetch_intent(container, _intent_name(event))


def delete_intent(container: ContainerClient, event: Event) -> None:
    """Forget a move whose outcome is on record."""
    delete_by_name(container, _intent_name(event))


def delete_by_name(container: ContainerClient, name: str) -> None:
    """Delete a blob, if there is one."""
    try:
        container.delete_blob(name)
    except ResourceNotFoundError:
        logger.debug("%s is gone already.", name)


def read_name(name: str) -> tuple[int, str] | None:
    """Read a move's number and its event's id from the name of its blob."""
    found = _NAME.fullmatch(name)
    return (int(found[1]), found[2]) if found else None


def _intent_name(event: Event) -> str:
    return f"{FOLDER}{event.move:08}-{event.id}.json"
