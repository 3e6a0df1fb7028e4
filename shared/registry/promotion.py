"""Decisions by a person about which release is current."""

from azure.storage.blob import ContainerClient

from shared.errors import FieldError
from shared.registry.completeness import require_complete
from shared.registry.decision_log import record_decision
from shared.registry.moves import carry_out, log_decision, plan_move
from shared.registry.published import CurrentPointer, fetch_latest
from shared.registry.reconciling import fetch_settled, reconcile
from shared.registry.releases import StoredRelease
from shared.release.decisions import Actor, DecisionRefusedError, Event
from shared.release.states import take_effective
from shared.release.verdicts import stopped_gates


def approve(container: ContainerClient, version: str, actor: Actor, why: str | None) -> str | None:
    """Make a stored release the current one.

    Returns
    -------
    str or None
        The version that it replaces.

    Raises
    ------
    UnknownReleaseError
        When no such release is in storage.
    DecisionRefusedError
        When it is already current, was stopped by its gates or rejected, or is incomplete.

    Notes
    -----
    The approval is recorded before the pointer moves: an approval and a rejection of the same
    release cannot both succeed, and an interrupted approval is completed by whoever comes next.
    """
    reconcile(container)
    while True:
        release = fetch_settled(container, version)
        found = fetch_latest(container)
        require_undecided(release, found)
        _require_passed(release)
        require_complete(container, release)
        plan = plan_move(release, found, Event.now("approved", actor, why))
        if carry_out(container, release, plan):
            return plan.event.instead_of


def reject(container: ContainerClient, version: str, actor: Actor, why: str) -> None:
    """Reject a candidate.

    Raises
    ------
    UnknownReleaseError
        When no such release is in storage.
    DecisionRefusedError
        When it is or was current, or was already rejected.
    """
    reconcile(container)
    release = fetch_settled(container, version)
    found = fetch_latest(container)
    state = release.state(found.pointer.version if found else None)
    advice = {
        "current": "is being served: roll back first.",
        "former": "was approved or served before: another release has already replaced it.",
        "rejected": "was already rejected.",
    }
    if state in advice:
        raise DecisionRefusedError(
            f"Expected a candidate that can still become current; {version} {advice[state]}",
            explain_rejection(release) if state == "rejected" else (),
        )
    event = Event.now("rejected", actor, why)
    record_decision(container, version, event, release.record)
    log_decision(version, event, "rejected")


def require_undecided(release: StoredRelease, found: CurrentPointer | None) -> None:
    """Require a release that is neither current nor rejected.

    Raises
    ------
    DecisionRefusedError
        When it is.
    """
    state = release.state(found.pointer.version if found else None)
    if state == "current":
        raise DecisionRefusedError(f"{release.version} is already the current release.")
    if state == "rejected":
        raise DecisionRefusedError(
            f"{release.version} was rejected: deliver the file again for another candidate.",
            explain_rejection(release),
        )


def _require_passed(release: StoredRelease) -> None:
    if release.verdict == "stopped":
        raise DecisionRefusedError(
            f"{release.version} was stopped by its gates, see errors: deliver a file that passes,"
            " or ask for an override.",
            stopped_gates(release.manifest),
        )


def explain_rejection(release: StoredRelease) -> list[FieldError]:
    """Say who rejected a release, when and why."""
    last = take_effective(release.record.events)[-1]
    return [FieldError("/decisions", f"Rejected by {last.who} at {last.at}: {last.why}")]
