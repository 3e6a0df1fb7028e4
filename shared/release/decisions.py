"""Decisions about a release: who decided what, when and why."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Self, get_args

from shared.errors import CreditRiskError, FieldError
from shared.release.facts import ReleaseFacts, Verdict

type Action = Literal[
    "stored",
    "promoted",
    "approved",
    "rejected",
    "rolled_back_from",
    "rolled_back_to",
    "override_requested",
    "overridden",
    "override_lapsed",
]

NEVER_OVERRIDDEN = frozenset({"score_parity", "age_rule", "unpaid_loans", "score_order"})
"""Gates on errors and on the law, which no person may override."""

_BY_PERSON = ("approved", "rolled_back_to", "overridden")
_ACTIONS = get_args(Action.__value__)
_OPTIONAL = ("manifest_sha256", "instead_of", "request")


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
UNKNOWN = Actor("unknown", verified=False)


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
    instead_of : str or None
        For overrides: the version that was current when it was asked for or confirmed.
    request : Event or None
        For "overridden": the request that the event confirms; None where one person suffices.
    """

    action: Action
    at: str
    who: str
    verified: bool
    why: str | None = None
    manifest_sha256: str | None = None
    instead_of: str | None = None
    request: "Event | None" = None

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
        digest, instead_of = (fields.get(name) for name in ("manifest_sha256", "instead_of"))
        request = fields.get("request")
        return cls(
            fields["action"],
            str(fields["at"]),
            str(fields["who"]),
            fields["verified"] is True,
            fields["why"],
            None if digest is None else str(digest),
            None if instead_of is None else str(instead_of),
            None if request is None else Event.from_fields(request),
        )

    def to_fields(self) -> dict[str, Any]:
        """Convert the event to its stored form, without the fields that it does not have."""
        fields = asdict(self)
        if self.request:
            fields["request"] = self.request.to_fields()
        return {
            name: value
            for name, value in fields.items()
            if value is not None or name not in _OPTIONAL
        }

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
    recognised = facts.verdict in get_args(Verdict.__value__)
    return "stopped" if stopped_gates(facts) or not recognised else facts.verdict


def stopped_gates(facts: ReleaseFacts) -> list[FieldError]:
    """List the gates that stopped a release, by their position in its manifest."""
    return [
        FieldError(f"/gates/{place}", f"{gate.name}: {gate.detail}")
        for place, gate in enumerate(facts.gates)
        if gate.verdict == "stopped"
    ]
