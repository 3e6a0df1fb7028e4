"""The history of the pointer: one entry for every move, append-only.

Creating an entry is what makes a release current; `current.json` follows it.
"""

import logging
import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.core.pipeline import PipelineResponse
from azure.core.pipeline.transport import HttpResponse
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.account import CONFLICT_ERRORS, replace_json
from shared.registry.reading import StoredDocument, list_names, read_stored
from shared.release.pointer import POINTER, Pointer

FOLDER = "history/"

_ENTRY = r"history/(\d{8,})\.json"

logger = logging.getLogger(__name__)

type Entry = StoredDocument[Pointer]


def entry_name(number: int) -> str:
    """Return the name of an entry's blob."""
    return f"{FOLDER}{number:08}.json"


def fetch_entry(container: ContainerClient, number: int) -> Entry | None:
    """Fetch an entry; None when there have been fewer moves.

    Raises
    ------
    BrokenReleaseError
        When it is damaged.
    """

    def parse(content: bytes) -> Pointer:
        name = entry_name(number)
        found = Pointer.from_json(content, name)
        if found.number != number:
            raise BrokenReleaseError(f"{name} must have the number {number}, not {found.number}.")
        return found

    return read_stored(container, entry_name(number), parse)


def fetch_last_entry(container: ContainerClient) -> Entry | None:
    """Fetch the last entry by a listing of all; None when there is none.

    Raises
    ------
    BrokenReleaseError
        When it is damaged: an earlier one may name a release that was rolled back from.
    """
    numbers = list_numbers(container)
    return fetch_entry(container, numbers[-1]) if numbers else None


def list_numbers(container: ContainerClient) -> list[int]:
    """List the numbers of all entries, in order."""
    names = list_names(container, FOLDER)
    return sorted(int(found[1]) for name in names if (found := re.fullmatch(_ENTRY, name)))


def commit(container: ContainerClient, pointer: Pointer) -> bool:
    """Create the entry of a move, unless its number is taken.

    Returns
    -------
    bool
        Whether the entry is this move's, whoever wrote it: the answer to an earlier attempt may
        have been lost.
    """
    try:
        replace_json(container, entry_name(pointer.number), pointer.to_json(), None)
    except CONFLICT_ERRORS:
        return is_committed(container, pointer)
    return True


def is_committed(container: ContainerClient, pointer: Pointer) -> bool:
    """Return whether the entry of a move's number is this move's."""
    found = fetch_entry(container, pointer.number)
    return found is not None and is_same_move(found.value, pointer)


def is_same_move(one: Pointer, other: Pointer) -> bool:
    """Return whether two pointers were made by one event."""
    ids = {pointer.moved.id if pointer.moved else None for pointer in (one, other)}
    return len(ids) == 1 and None not in ids


def measure_age(container: ContainerClient, number: int) -> timedelta | None:
    """Measure how long ago a move was made, by storage's clock alone; None where it is unknown."""
    answered: list[str] = []

    def keep_date(response: PipelineResponse[Any, HttpResponse]) -> None:
        answered.append(response.http_response.headers.get("Date", ""))

    blob = container.get_blob_client(entry_name(number))
    try:
        written = blob.get_blob_properties(raw_response_hook=keep_date).last_modified
        return parsedate_to_datetime(answered[-1]) - written
    except (ResourceNotFoundError, ValueError):
        return None


def fetch_time(container: ContainerClient, number: int) -> datetime:
    """Fetch when a move was made, by storage's clock.

    Notes
    -----
    The pointer itself says so for a move that is not in the history, as older ones are.
    """
    for name in (entry_name(number), POINTER):
        try:
            return container.get_blob_client(name).get_blob_properties().last_modified
        except ResourceNotFoundError:
            logger.debug("%s is not in storage.", name)
    raise ResourceNotFoundError(f"Neither {entry_name(number)} nor {POINTER} is in storage.")
