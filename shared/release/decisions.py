"""What is decided about a release, by whom and why; what state that leaves it in."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Self, get_args

from shared.errors import CreditRiskError, FieldError
from shared.release.facts import ReleaseFacts, Verdict

type Action = Literal[
    "stored", "promoted", "approved", "rejected", "rolled_back_from", "rolled_back_to"
]
type State = Literal["current", "pending", "refused", "rejected", "rolled_back", "former"]

_BY_PERSON = ("approved", "rolled_back_to")
_STATE_AFTER: dict[str, State] = {
    "promoted": "former",
    "approved": "former",
    "rolled_back_to": "former",
    "rolled_back_from": "rolled_back",
    "rejected": "rejected",
}
_ACTIONS = get_args(Action.__value__)


class DecisionRefusedError(CreditRiskError):
    """A decision about a release does not go with what was decided before.

    Parameters
    ----------
    message : str
        What was expected, what is, what to do.
    reasons : iterable of FieldError
        What stands against it, one by one.
    """

    status = 409
    title = "The decision is not possible"

    def __init__(self, message: str, reasons: Iterable[FieldError] = ()) -> None:
        super().__init__(message)
        self.errors = list(reasons)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who decides.

    Attributes
    ----------
    who : str
        Name of a person, or of the part of the app that decided.
    verified : bool
        Whether the name was authenticated, not merely told.
    """

    who: str
    verified: bool


PIPELINE = Actor("pipeline", verified=True)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done about a release.

    Attributes
    ----------
    action : str
        What was done.
    at : str
        When, UTC, ISO 8601.
    who : str
        By whom.
    verified : bool
        Whether `who` was authenticated.
    why : str or None
        The reason given.
    manifest_sha256 : str or None
        Of a stored release: what its manifest must be from then on.
    """

    action: Action
    at: str
    who: str
    verified: bool
    why: str | None = None
    manifest_sha256: str | None = None

    @classmethod
    def now(
        cls, action: Action, actor: Actor, why: str | None, manifest_sha256: str | None = None
    ) -> Self:
        """Describe what is done at this moment."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(action, at, actor.who, actor.verified, why, manifest_sha256)

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> Self:
        """Read an event as it lies in storage.

        Raises
        ------
        ValueError, KeyError, TypeError
            When it is none.
        """
        if fields["action"] not in _ACTIONS:
            raise ValueError(f"{fields['action']!r} is none of {', '.join(_ACTIONS)}")
        digest = fields.get("manifest_sha256")
        return cls(
            fields["action"],
            str(fields["at"]),
            str(fields["who"]),
            fields["verified"] is True,
            fields.get("why"),
            None if digest is None else str(digest),
        )

    def to_fields(self) -> dict[str, Any]:
        """Write the event as it lies in storage."""
        fields = asdict(self)
        if self.manifest_sha256 is None:
            del fields["manifest_sha256"]
        return fields

    @property
    def by_person(self) -> bool:
        """Whether a person chose the release that became current by this."""
        return self.action in _BY_PERSON


def read_events(content: bytes) -> tuple[Event, ...]:
    """Read a decision record as it lies in storage, oldest event first.

    Raises
    ------
    ValueError, KeyError, TypeError
        When it is none.
    """
    return tuple(Event.from_fields(fields) for fields in json.loads(content))


def write_events(events: Iterable[Event]) -> bytes:
    """Write a decision record as it lies in storage."""
    return json.dumps([event.to_fields() for event in events], indent=2).encode()


def judge(facts: ReleaseFacts) -> Verdict:
    """Give the verdict of a release's gates: never better than the worst of them."""
    return "stopped" if stopped_gates(facts) else facts.verdict


def stopped_gates(facts: ReleaseFacts) -> list[FieldError]:
    """List the gates that stopped a release, as places in its manifest."""
    return [
        FieldError(f"/gates/{place}", f"{gate.name}: {gate.detail}")
        for place, gate in enumerate(facts.gates)
        if gate.verdict == "stopped"
    ]


def tell_state(events: Iterable[Event], verdict: Verdict) -> State:
    """Tell what state a release is in that is not the current one.

    Parameters
    ----------
    events : iterable of Event
        Its decision record, oldest first; empty for a release from before there were records.
    verdict : str
        Of its gates.
    """
    state: State = "former"
    for event in events:
        state = _STATE_AFTER.get(event.action, "refused" if verdict == "stopped" else "pending")
    return state
