"""Overrides: people have a release served that its gates stopped."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from shared.errors import FieldError
from shared.release.decisions import NEVER_OVERRIDDEN, UNKNOWN, Actor, DecisionRefusedError, Event
from shared.release.manifest import Manifest
from shared.release.states import take_effective
from shared.release.verdicts import judge, stopped_gates

REQUEST_VALID_DAYS = 7
"""Days in which a second person may confirm a request."""


def require_overridable(manifest: Manifest) -> None:
    """Require a release that was stopped, and only by gates that people may override.

    Raises
    ------
    DecisionRefusedError
        When it was not stopped, or by a gate that nobody may override.
    """
    version = manifest.version
    if judge(manifest) != "stopped":
        raise DecisionRefusedError(
            f"Expected a release that its gates stopped; {version} was not stopped: approve it"
            " without an override."
        )
    if not stopped_gates(manifest):
        raise DecisionRefusedError(
            f"The manifest of {version} does not say which gate stopped it, so nobody can answer"
            " for it: deliver the file again."
        )
    never = [
        FieldError(f"/gates/{place}", f"{gate.name} is never overridden: {gate.detail}")
        for place, gate in enumerate(manifest.gates)
        if gate.verdict == "stopped" and gate.name in NEVER_OVERRIDDEN
    ]
    if never:
        raise DecisionRefusedError(
            f"{version} was stopped by gates that nobody may override, see errors:"
            " deliver a file that passes them.",
            never,
        )


def ask_for_override(actor: Actor, why: str, current: str | None) -> Event:
    """Make the event of a person who wants an override now.

    Parameters
    ----------
    actor : Actor
        The person.
    why : str
        The written reason.
    current : str or None
        The version that is current now.

    Raises
    ------
    DecisionRefusedError
        When nobody is named.
    """
    if actor.who == UNKNOWN.who:
        raise DecisionRefusedError(
            "Expected the name of the person who overrides the gates, got none: log in, or set the"
            " user name of the operating system."
        )
    return replace(Event.now("override_requested", actor, why), instead_of=current)


def decide_override(events: Sequence[Event], asked: Event, *, needs_confirmation: bool) -> Event:
    """Decide whether a call asks for an override or confirms one, and return what to record.

    Parameters
    ----------
    events : sequence of Event
        The decision record of the release, oldest first.
    asked : Event
        From `ask_for_override`.
    needs_confirmation : bool
        Whether a second person must confirm.

    Returns
    -------
    Event
        "override_requested", which moves nothing, or "overridden".

    Raises
    ------
    DecisionRefusedError
        When one person asks twice, or they cannot be shown to be two persons.

    Notes
    -----
    A request lapses when anything else is decided about the release, when another release becomes
    current, and after `REQUEST_VALID_DAYS`. The next call is then a new request. So is the call of
    an authenticated person after a request by an unauthenticated one.
    """
    if not needs_confirmation:
        return replace(asked, action="overridden")
    request = find_request(events, asked.instead_of, datetime.fromisoformat(asked.at))
    if request is None or (asked.verified and not request.verified):
        return asked
    if request.who.casefold() == asked.who.casefold():
        raise DecisionRefusedError(
            f"{request.who} already asked for this override at {request.at}: another person must"
            f" confirm it until {valid_until(request)}."
        )
    if request.verified and not asked.verified:
        raise DecisionRefusedError(
            f"{request.who}, who asked for this override, was authenticated; {asked.who} is not,"
            " so they cannot be shown to be two persons: confirm it over HTTP, authenticated."
        )
    return replace(asked, action="overridden", request=request)


def find_request(events: Sequence[Event], current: str | None, now: datetime) -> Event | None:
    """Find the request that awaits a confirmation.

    Parameters
    ----------
    events : sequence of Event
        The decision record of the release, oldest first.
    current : str or None
        The version that is current now.
    now : datetime.datetime
        The time, with a time zone.
    """
    last = events[-1] if events else None
    if last is None or last.action != "override_requested" or last.instead_of != current:
        return None
    return last if now <= _end(last) else None


def find_override(events: Sequence[Event]) -> Event | None:
    """Find the override by which a release became current, the latest if there are several."""
    made = list_overrides(events)
    return made[-1] if made else None


def list_overrides(events: Sequence[Event]) -> list[Event]:
    """List the overrides that took effect, oldest first."""
    return [event for event in take_effective(events) if event.action == "overridden"]


def valid_until(request: Event) -> str:
    """Give the time until which a request can be confirmed, UTC, ISO 8601."""
    return _end(request).isoformat(timespec="seconds")


def _end(request: Event) -> datetime:
    return datetime.fromisoformat(request.at) + timedelta(days=REQUEST_VALID_DAYS)
