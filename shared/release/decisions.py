"""Decisions about a release: who decided what and why, and the resulting state."""

import json
from collections.abc import Iterable, Sequence
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
    """A decision contradicts the state of the release.

    Parameters
    ----------
    message : str
        What was expected, what was found, what to do.
    reasons : iterable of FieldError
        The individual obstacles.
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
        Name of a person, or of the component that decides.
    verified : bool
        Whether the name was authenticated rather than merely claimed.
    """

    who: str
    verified: bool


PIPELINE = Actor("pipeline", verified=True)


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a release's decision record.

    Attributes
    ----------
    action : str
        What was done.
    at : str
        Time of the action, UTC, ISO 8601.
    who : str
        Name of the actor.
    verified : bool
        Whether `who` was authenticated.
    why : str or None
        The reason given.
    manifest_sha256 : str or None
        For "stored": hex digest of the stored manifest.
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
        """Create an event dated now."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(action, at, actor.who, actor.verified, why, manifest_sha256)

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> Self:
        """Read an event from its stored form.

        Raises
        ------
        ValueError, KeyError, TypeError
            When the event is malformed.
        """
        if fields["action"] not in _ACTIONS:
            raise ValueError(f"Expected one of {', '.join(_ACTIONS)}, got {fields['action']!r}.")
        digest = fields.get("manifest_sha256")
        return cls(
            fields["action"],
            str(fields["at"]),
            str(fields["who"]),
            fields["verified"] is True,
            fields["why"],
            None if digest is None else str(digest),
        )

    def to_fields(self) -> dict[str, Any]:
        """Convert the event to its stored form."""
        fields = asdict(self)
        if self.manifest_sha256 is None:
            del fields["manifest_sha256"]
        return fields

    @property
    def by_person(self) -> bool:
        """Whether the event is a person's choice of the current release."""
        return self.action in _BY_PERSON


def read_events(content: bytes) -> tuple[Event, ...]:
    """Read a stored decision record, oldest event first.

    Raises
    ------
    ValueError, KeyError, TypeError
        When the record is malformed.
    """
    return tuple(Event.from_fields(fields) for fields in json.loads(content))


def write_events(events: Iterable[Event]) -> bytes:
    """Encode a decision record for storage."""
    return json.dumps([event.to_fields() for event in events], indent=2).encode()


def judge(facts: ReleaseFacts) -> Verdict:
    """Return the verdict of a release's gates: never better than the worst of them."""
    return "stopped" if stopped_gates(facts) else facts.verdict


def stopped_gates(facts: ReleaseFacts) -> list[FieldError]:
    """List the gates that stopped a release, by their position in its manifest."""
    return [
        FieldError(f"/gates/{place}", f"{gate.name}: {gate.detail}")
        for place, gate in enumerate(facts.gates)
        if gate.verdict == "stopped"
    ]


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
    return _STATE_AFTER.get(events[-1].action, candidate)
