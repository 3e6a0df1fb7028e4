"""The state of a release, as it follows from the decisions about it."""

from collections.abc import Iterable, Sequence
from typing import Literal

from shared.release.decisions import MOVES, OUTCOMES, Event
from shared.release.facts import Verdict

type State = Literal["current", "pending", "refused", "rejected", "rolled_back", "former"]

_STATE_AFTER: dict[str, State] = {
    "promoted": "former",
    "approved": "former",
    "overridden": "former",
    "rolled_back_to": "former",
    "repaired": "former",
    "rolled_back_from": "rolled_back",
    "rejected": "rejected",
}


def derive_state(events: Sequence[Event], verdict: Verdict) -> State:
    """Derive the state of a release other than the current one.

    Parameters
    ----------
    events : sequence of Event
        Its decision record, oldest first; begins with "stored".
    verdict : str
        The verdict of its gates.
    """
    candidate: State = "refused" if verdict == "stopped" else "pending"
    effective = take_effective(events)
    return _STATE_AFTER.get(effective[-1].action, candidate) if effective else candidate


def take_effective(events: Iterable[Event]) -> list[Event]:
    """Leave out the events that changed nothing.

    These are requests, a repeated "stored", and moves that lapsed or whose outcome is not known.
    """
    known = list(events)
    made = {event.move for event in known if event.action == "served"}
    effective: list[Event] = []
    for event in known:
        if event.action == "override_lapsed" and event.move is None:
            if effective and effective[-1].action == "overridden":
                effective.pop()
        elif _has_effect(event, made, is_first=not effective):
            effective.append(event)
    return effective


def find_open_moves(events: Sequence[Event]) -> list[Event]:
    """Find the moves whose outcome is not on record, oldest first."""
    settled = {event.move for event in events if event.action in OUTCOMES}
    return [
        event
        for event in events
        if event.action in MOVES and event.move is not None and event.move not in settled
    ]


def _has_effect(event: Event, made: set[int | None], *, is_first: bool) -> bool:
    if event.action in OUTCOMES or event.action == "override_requested":
        return False
    if event.action == "stored":
        return is_first
    return event.action not in MOVES or event.move is None or event.move in made
