"""Completes what an interrupted decision left undone, until pointer and records agree."""

import logging
from contextlib import suppress

from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.account import CONFLICT_ERRORS, replace_json
from shared.registry.decision_log import append_event, fetch_record, try_append
from shared.registry.history import commit, entry_name, fetch_entry, is_committed
from shared.registry.intents import (
    Intent,
    delete_by_name,
    delete_intent,
    fetch_intent,
    find_intent,
    list_intents,
    read_name,
)
from shared.registry.moves import follow_history, settle
from shared.registry.published import fetch_latest
from shared.registry.reading import DamagedDocumentError, read_stored
from shared.registry.releases import StoredRelease, fetch_release
from shared.release.decisions import Event
from shared.release.pointer import POINTER, Pointer
from shared.release.states import find_open_moves

logger = logging.getLogger(__name__)


def reconcile(container: ContainerClient) -> list[Pointer]:
    """Complete or lapse every move that was begun, and bring up what follows the history.

    Returns
    -------
    list of Pointer
        The moves that were made now or whose outcome was recorded now, in order.

    Raises
    ------
    BrokenReleaseError
        When neither the pointer nor the end of its history can be read; names the command that
        repairs them.

    Notes
    -----
    Safe beside those who decide at the same time: every step is recognised by its event's id. It
    is called before every decision and every delivery, and by a timer.
    """
    made = []
    for name in list_intents(container):
        try:
            entry = _settle_by_name(container, name)
        except BrokenReleaseError as error:
            # It costs itself only. What is wrong with the pointer is raised below.
            logger.warning("The move %s waits until what it needs is restored: %s", name, error)
            continue
        if entry:
            made.append(entry)
    found = fetch_latest(container)
    if found and found.pointer.number:
        _restore_entry(container, found.pointer.number)
        follow_history(container, found.pointer)
    return made


def fetch_settled(container: ContainerClient, version: str) -> StoredRelease:
    """Fetch a release, each of whose moves has its outcome on record; raises as `fetch_release`."""
    release = fetch_release(container, version)
    unsettled = find_open_moves(release.record.events)
    for event in unsettled:
        _settle_event(container, version, event)
    return fetch_release(container, version) if unsettled else release


def _settle_by_name(container: ContainerClient, name: str) -> Pointer | None:
    try:
        intent = fetch_intent(container, name)
    except BrokenReleaseError as error:
        logger.warning("A move cannot be settled by its intent: %s", error)
        return _settle_from_history(container, name)
    return _settle_intent(container, intent) if intent else None


def _settle_intent(container: ContainerClient, intent: Intent) -> Pointer | None:
    if not _is_on_record(container, intent):
        delete_intent(container, intent.event)
        return None
    is_made = _is_next(container, intent.entry) and commit(container, intent.entry)
    settle(container, intent.entry, is_made=is_made)
    return intent.entry if is_made else None


def _is_on_record(container: ContainerClient, intent: Intent) -> bool:
    """Whether a decision is on record; it is put there if the record still permits it.

    Whoever decided writes the same event under the same condition, so it does not matter who is
    first, and a condition that no longer holds will never hold for them either.
    """
    record = fetch_record(container, intent.entry.version)
    if record.has(intent.event):
        return True
    permitted = record.etag == intent.record_etag
    return permitted and try_append(container, intent.entry.version, intent.event, record)


def _is_next(container: ContainerClient, entry: Pointer) -> bool:
    found = fetch_latest(container)
    number = found.pointer.number if found else 0
    return number == entry.number - 1 or is_committed(container, entry)


def _settle_from_history(container: ContainerClient, name: str) -> Pointer | None:
    """Settle a move whose intent is damaged: the history has it, or it was not made."""
    named = read_name(name)
    entry = fetch_entry(container, named[0]) if named else None
    if named and entry and entry.value.moved and entry.value.moved.id == named[1]:
        settle(container, entry.value, is_made=True)
        return entry.value
    delete_by_name(container, name)
    return None


def _settle_event(container: ContainerClient, version: str, event: Event) -> None:
    """Settle a move that is on record without its outcome."""
    entry = fetch_entry(container, event.move or 0)
    if entry and entry.value.moved and entry.value.moved.id == event.id:
        settle(container, entry.value, is_made=True)
        return
    intent = find_intent(container, event)
    if intent:
        _settle_intent(container, intent)
        return
    append_event(container, version, event.conclude(is_made=False))


def _restore_entry(container: ContainerClient, number: int) -> None:
    """Write the last entry of the history again, if it is lost and the pointer still has it."""
    known_etag = None
    try:
        if fetch_entry(container, number):
            return
    except DamagedDocumentError as error:
        known_etag = error.etag
    found = read_stored(container, POINTER, Pointer.from_json)
    if found and found.value.number == number:
        logger.warning("Entry %s of the history is restored from the pointer.", number)
        with suppress(*CONFLICT_ERRORS):
            replace_json(container, entry_name(number), found.content, known_etag)
