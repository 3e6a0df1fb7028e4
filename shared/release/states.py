"""The state of a release, as it follows from the decisions about it."""

from collections.abc import Iterable, Sequence
from typing import Literal

from shared.release.decisions import Event
from shared.release.facts import Verdict

type State = Literal["current", "pending", "refused", "rejected", "rolled_back", "former"]

_STATE_AFTER: dict[str, State] = {
    "promoted": "former",
    "approved": "former",
    "overridden": "former",
    "rolled_back_to": "former",
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
    return _STATE_AFTER.get(take_effective(events)[-1].action, candidate)


def take_effective(events: Iterable[Event]) -> list[Event]:
    """Leave out the events that changed nothing: requests, and overrides that lapsed."""
    effective: list[Event] = []
    for event in events:
        if event.action == "override_lapsed":
            if effective and effective[-1].action == "overridden":
                effective.pop()
        elif event.action != "override_requested":
            effective.append(event)
    return effective
