"""Overrides of the gates, as the list of releases and the served release tell them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.release.decisions import Event
from shared.release.facts import Gate
from shared.release.overrides import find_override, find_request, valid_until

type OverrideState = Literal["requested", "made"]


class Person(Struct):
    """Who answers for an override, and why."""

    at: Annotated[str, Meta(examples=["2026-11-23T06:02:01+00:00"])]
    who: str
    verified: Annotated[bool, Meta(description="Whether the name was authenticated.")]
    why: str | None

    @classmethod
    def of(cls, event: Event) -> "Person":
        """Convert an event of a decision record."""
        return cls(event.at, event.who, event.verified, event.why)


class Override(Struct):
    """An override of the gates that stopped a release."""

    state: OverrideState
    gates: Annotated[list[str], Meta(description="The gates that stopped the release.")]
    asked: Person
    confirmed: Annotated[
        Person | None,
        Meta(description="null while a request waits, and where one person suffices."),
    ]
    valid_until: Annotated[
        str | None, Meta(description="Until when a request can be confirmed; null once it is.")
    ] = None


def describe_override(made: Event, gates: Sequence[Gate]) -> Override:
    """Describe the override by which a release became current."""
    confirmed = Person.of(made) if made.request else None
    return Override("made", _stopped(gates), Person.of(made.request or made), confirmed)


def summarise_override(
    events: Sequence[Event], gates: Sequence[Gate], current: str | None
) -> Override | None:
    """Describe the override of a release that waits for confirmation, or the latest one made."""
    request = find_request(events, current, datetime.now(UTC))
    if request:
        person = Person.of(request)
        return Override("requested", _stopped(gates), person, None, valid_until(request))
    made = find_override(events)
    return describe_override(made, gates) if made else None


def _stopped(gates: Sequence[Gate]) -> list[str]:
    return [gate.name for gate in gates if gate.verdict == "stopped"]
