"""Serve a release that its gates stopped: one person asks for it, another confirms."""

import json
import logging
from dataclasses import dataclass

from azure.storage.blob import ContainerClient

from shared.registry.account import CONFLICT_ERRORS
from shared.registry.completeness import require_intact
from shared.registry.decision_log import add_event, record_decision
from shared.registry.pointer import move_pointer
from shared.registry.promotion import require_undecided
from shared.registry.published import CurrentPointer, fetch_pointer
from shared.registry.releases import StoredRelease, fetch_release
from shared.release.decisions import Actor, DecisionRefusedError, Event
from shared.release.manifest import Pointer
from shared.release.overrides import ask_for_override, decide_override, require_overridable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Overriding:
    """What came of a call for an override.

    Attributes
    ----------
    event : Event
        What was recorded: "override_requested" or "overridden".
    current : str or None
        The version that is current now.
    """

    event: Event
    current: str | None

    @property
    def is_made(self) -> bool:
        """Whether the release is served now, rather than waiting for a second person."""
        return self.event.action == "overridden"


def override(
    container: ContainerClient, version: str, actor: Actor, why: str, *, needs_confirmation: bool
) -> Overriding:
    """Ask for an override of the gates that stopped a release, or confirm what another asked for.

    Raises
    ------
    UnknownReleaseError
        When no such release is in storage.
    DecisionRefusedError
        When the release is current, rejected, not stopped, stopped by a gate that nobody may
        override, or not intact; when the same person asked for it; or when another decision or
        release came in between.

    Notes
    -----
    Like an approval, an override is recorded before the pointer moves. One that is interrupted in
    between is asked for again.
    """
    release = fetch_release(container, version)
    found = fetch_pointer(container)
    require_undecided(release, found)
    require_overridable(release.manifest)
    current = found.pointer.version if found else None
    asked = ask_for_override(actor, why, current)
    event = decide_override(release.record.events, asked, needs_confirmation=needs_confirmation)
    require_intact(container, release)
    record_decision(container, version, event, release.record)
    _log(release, event)
    if event.action != "overridden":
        return Overriding(event, current)
    _make_current(container, release, event, found)
    return Overriding(event, version)


def _make_current(
    container: ContainerClient, release: StoredRelease, event: Event, found: CurrentPointer | None
) -> None:
    target = Pointer(release.version, release.manifest_sha256, override=event)
    try:
        move_pointer(container, target, event, found)
    except CONFLICT_ERRORS:
        now = fetch_pointer(container)
        # A repeated write whose first answer was lost conflicts with itself.
        if now is None or now.pointer.moved != event:
            lapsed = Event.now(
                "override_lapsed",
                Actor(event.who, event.verified),
                "Another release became current in the meantime.",
            )
            add_event(container, release.version, lapsed)
            _log(release, lapsed)
            raise DecisionRefusedError(
                f"Expected {event.instead_of or 'no release'} to be current; another release has"
                f" just become current: look at it, and ask again if {release.version} is still"
                " to replace it."
            ) from None


def _log(release: StoredRelease, event: Event) -> None:
    """Log an override in one line from which a metric can be made."""
    gates = [gate.name for gate in release.manifest.gates if gate.verdict == "stopped"]
    fields = {"version": release.version, "gates": gates, **event.to_fields()}
    logger.warning("release_override %s", json.dumps(fields))
