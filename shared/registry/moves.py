"""Moves of the pointer: the intent is on record first, then the move is made, then its outcome."""

import json
import logging

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.decision_log import append_event, try_append
from shared.registry.history import commit, fetch_entry
from shared.registry.intents import Intent, delete_intent, write_intent
from shared.registry.pointer import bring_up, refresh_copies
from shared.registry.published import CurrentPointer
from shared.registry.releases import StoredRelease
from shared.release.decisions import DecisionRefusedError, Event
from shared.release.files import USER_INDEX
from shared.release.pointer import Pointer

logger = logging.getLogger(__name__)


def plan_move(release: StoredRelease, found: CurrentPointer | None, event: Event) -> Intent:
    """Plan to make a release current.

    Parameters
    ----------
    release : StoredRelease
        The release, with the record that permits the move.
    found : CurrentPointer or None
        The pointer that the decision is based on, from `fetch_latest`.
    event : Event
        The decision.
    """
    current = found.pointer if found else None
    number, replaced = (current.number, current.version) if current else (0, None)
    moved = event.moving(number + 1, replaced)
    override = moved if moved.action == "overridden" else None
    target = point_to(release, override)
    return Intent(target.follow(current, moved), release.record.etag)


def point_to(release: StoredRelease, override: Event | None) -> Pointer:
    """Give a release's pointer, without a place in the history yet.

    Parameters
    ----------
    release : StoredRelease
        The release.
    override : Event or None
        The override without which it would not be served.
    """
    manifest = release.manifest
    return Pointer(
        release.version,
        release.manifest_sha256,
        override=override,
        source=manifest.source,
        as_of=manifest.as_of,
        index=manifest.files.get(USER_INDEX),
    )


def plan_return(release: StoredRelease, current: Pointer, place: int, event: Event) -> Intent:
    """Plan to go back from the current release to one of those before it, by its place there."""
    moved = event.moving(current.number + 1, current.version)
    target = point_to(release, current.previous[place].override)
    behind = current.previous[place + 1 :]
    return Intent(target.succeed(current, moved, behind), release.record.etag)


def carry_out(container: ContainerClient, release: StoredRelease, intent: Intent) -> bool:
    """Make a planned move.

    Returns
    -------
    bool
        Whether it was made; False when another release became current in the meantime.

    Raises
    ------
    DecisionRefusedError
        When somebody else decided about the release since its record was read.

    Notes
    -----
    Whatever interrupts it, `shared.registry.reconciling.reconcile` completes it or lets it lapse.
    Once the entry of the history exists, the move is made: what follows may be done later.
    """
    event = intent.event
    write_intent(container, intent)
    if not try_append(container, release.version, event, release.record):
        delete_intent(container, event)
        raise DecisionRefusedError(
            f"Somebody else has just decided about {release.version}: check its state again."
        )
    is_made = commit(container, intent.entry)
    try:
        settle(container, intent.entry, is_made=is_made)
    except (AzureError, BrokenReleaseError) as error:
        if not is_made:
            raise
        logger.warning("%s is current; the rest is done later: %s", release.version, error)
    return is_made


def settle(container: ContainerClient, entry: Pointer, *, is_made: bool) -> None:
    """Do what follows once it is certain whether a move was made; safe to repeat."""
    event = entry.moved
    assert event is not None, "only moves are settled"
    if is_made:
        follow_history(container, entry)
    if is_made and event.action == "rolled_back_to" and event.instead_of:
        _record_departure(container, event)
    outcome = event.conclude(is_made=is_made)
    append_event(container, entry.version, outcome)
    delete_intent(container, event)
    log_decision(entry.version, event, outcome.action)


def follow_history(container: ContainerClient, entry: Pointer) -> None:
    """Bring `current.json` and the copies up to an entry of the history."""
    stored = fetch_entry(container, entry.number)
    bring_up(container, entry, stored.content if stored else entry.to_json())
    refresh_copies(container, entry.version, entry.number)


def log_decision(version: str, event: Event, outcome: str) -> None:
    """Log a decision in one line from which a metric can be made."""
    fields = {"version": version, "outcome": outcome, **event.to_fields()}
    logger.info("release_decision %s", json.dumps(fields))


def _record_departure(container: ContainerClient, event: Event) -> None:
    """Record a rollback with the release that it left, which may have no readable record."""
    left = event.instead_of
    assert left is not None, "a rollback leaves a release"
    try:
        append_event(container, left, event.answer("rolled_back_from"))
    except BrokenReleaseError as error:
        logger.warning("The pointer alone says who rolled back from %s: %s", left, error)
