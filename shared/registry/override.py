"""Serve a release that its gates stopped: one person asks for it, another confirms."""

import json
import logging
from dataclasses import dataclass

from azure.storage.blob import ContainerClient

from shared.registry.completeness import require_intact
from shared.registry.decision_log import record_decision
from shared.registry.moves import carry_out, plan_move
from shared.registry.promotion import require_undecided
from shared.registry.published import CurrentPointer, fetch_latest
from shared.registry.reconciling import fetch_settled, reconcile
from shared.registry.releases import StoredRelease
from shared.release.decisions import Actor, DecisionRefusedError, Event
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
    Like an approval, an override is recorded before the pointer moves, and one that is interrupted
    in between is completed by whoever comes next, unless another release became current.
    """
    reconcile(container)
    release = fetch_settled(container, version)
    found = fetch_latest(container)
    require_undecided(release, found)
    require_overridable(release.manifest)
    current = found.pointer.version if found else None
    asked = ask_for_override(actor, why, current)
    event = decide_override(release.record.events, asked, needs_confirmation=needs_confirmation)
    require_intact(container, release)
    if event.action != "overridden":
        record_decision(container, version, event, release.record)
        _log(release, event)
        return Overriding(event, current)
    return Overriding(_make_current(container, release, event, found), version)


def _make_current(
    container: ContainerClient, release: StoredRelease, event: Event, found: CurrentPointer | None
) -> Event:
    plan = plan_move(release, found, event)
    is_made = carry_out(container, release, plan)
    _log(release, plan.event if is_made else plan.event.conclude(is_made=False))
    if not is_made:
        raise DecisionRefusedError(
            f"Expected {event.instead_of or 'no release'} to be current; another release has"
            f" just become current: look at it, and ask again if {release.version} is still"
            " to replace it."
        )
    return plan.event


def _log(release: StoredRelease, event: Event) -> None:
    """Log an override in one line from which a metric can be made."""
    gates = [gate.name for gate in release.manifest.gates if gate.verdict == "stopped"]
    fields = {"version": release.version, "gates": gates, **event.to_fields()}
    logger.warning("release_override %s", json.dumps(fields))
