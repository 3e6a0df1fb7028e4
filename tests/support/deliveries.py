"""Releases as files deliver them one after another, and what their storage then says."""

from typing import Any, Protocol

from azure.storage.blob import ContainerClient

from shared.registry.decision_log import fetch_record
from shared.registry.override import Overriding, override
from shared.registry.publishing import Outcome
from shared.registry.release_list import list_releases
from shared.release.decisions import OUTCOMES, Actor
from shared.release.facts import Gate

ANA = Actor("ana", verified=True)
BEA = Actor("bea", verified=True)
FUTURE = "2999-01-01T00:00:00+00:00"
STOPPED: dict[str, Any] = {
    "gates": [
        Gate("auc", 0.8, "-", "passed", "Fine."),
        Gate("age", 3.0, "0", "stopped", "3 worsen."),
    ],
    "verdict": "stopped",
}
DRIFTED: dict[str, Any] = {
    "gates": [Gate("stability_age", 0.4, "0.25", "stopped", "It moved.")],
    "verdict": "stopped",
}


class Deliver(Protocol):
    """Publishes a release under a version, with changed facts in its manifest."""

    def __call__(self, version: str, uploaded: str | None = None, **facts: Any) -> Outcome: ...


def actions(releases: ContainerClient, version: str) -> list[str]:
    """Give what was decided about a release, without what came of it."""
    events = fetch_record(releases, version).events
    return [event.action for event in events if event.action not in OUTCOMES]


def states(releases: ContainerClient) -> dict[str, str]:
    found = list_releases(releases)
    return {one.version: one.state(found.current) for one in found.releases}


def call_override(releases: ContainerClient, version: str, actor: Actor) -> Overriding:
    return override(releases, version, actor, f"{actor.who}: grown older", needs_confirmation=True)
