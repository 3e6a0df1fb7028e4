"""Decisions about a release: who decided what, when and why."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal, Self, get_args
from uuid import NAMESPACE_OID, uuid4, uuid5

from msgspec import Struct
from msgspec.structs import asdict, replace

from shared.errors import CreditRiskError, FieldError
from shared.release.documents import read_document

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
    "repaired",
    "served",
    "lapsed",
]

type Moving = Literal["promoted", "approved", "overridden", "rolled_back_to", "repaired"]

NEVER_OVERRIDDEN = frozenset({"score_parity", "age_rule", "unpaid_loans", "score_order"})
"""Gates on errors and on the law, which no person may override."""

MOVES: frozenset[str] = frozenset(get_args(Moving.__value__))
"""Actions that make a release current."""

OUTCOMES = frozenset({"served", "lapsed", "override_lapsed"})
"""What came of a move."""

_BY_PERSON = MOVES - {"promoted"}
_OPTIONAL = ("manifest_sha256", "instead_of", "request", "id", "move")


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


class Actor(Struct, frozen=True):
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


class Event(Struct, frozen=True):
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
        For moves and for requests of an override: the version that was current then.
    request : Event or None
        For "overridden": the request that the event confirms; None where one person suffices.
    id : str or None
        Recognises the event when it is read again; None in older records.
    move : int or None
        For moves and their outcomes: the number of the pointer that the move makes.
    """

    action: Action
    at: str
    who: str
    verified: bool
    why: str | None = None
    manifest_sha256: str | None = None
    instead_of: str | None = None
    request: "Event | None" = None
    id: str | None = None
    move: int | None = None

    @classmethod
    def now(
        cls, action: Action, actor: Actor, why: str | None, manifest_sha256: str | None = None
    ) -> Self:
        """Create an event dated now, with an id of its own."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        named = actor.who, actor.verified
        return cls(action, at, *named, why, manifest_sha256, id=uuid4().hex)

    def moving(self, number: int, instead_of: str | None) -> "Event":
        """Give the event as it makes the pointer of a number, in the place of a release."""
        return replace(self, move=number, instead_of=instead_of)

    def conclude(self, *, is_made: bool) -> "Event":
        """Give what came of a move: the same event whoever records it, but for its time."""
        lapsed: Action = "override_lapsed" if self.action == "overridden" else "lapsed"
        outcome = Event.now("served" if is_made else lapsed, Actor(self.who, self.verified), None)
        known = uuid5(NAMESPACE_OID, f"{self.id} {self.move}").hex
        return replace(outcome, id=known, move=self.move)

    def answer(self, action: Action) -> "Event":
        """Give the event's counterpart in the record of another release."""
        known = uuid5(NAMESPACE_OID, f"{self.id} {action}").hex
        return replace(self, action=action, id=known, instead_of=None)

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
    MalformedDocumentError
        When the record is malformed.
    """
    return read_document(content, tuple[Event, ...])


def write_events(events: Iterable[Event]) -> bytes:
    """Encode a decision record for storage."""
    return json.dumps([event.to_fields() for event in events], indent=2).encode()
