"""Decisions by a person about which release is current."""

from dataclasses import replace

from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError, FieldError
from shared.registry.account import CONFLICT_ERRORS
from shared.registry.completeness import require_complete
from shared.registry.decision_log import add_event, record_decision
from shared.registry.pointer import move_pointer, replace_pointer
from shared.registry.published import CurrentPointer, fetch_pointer
from shared.registry.releases import StoredRelease, UnknownReleaseError, fetch_release
from shared.release.decisions import Actor, DecisionRefusedError, Event, stopped_gates
from shared.release.manifest import Pointer


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
    release cannot both succeed, and an interrupted approval is completed by repeating it.
    """
    release = fetch_release(container, version)
    found = fetch_pointer(container)
    require_undecided(release, found)
    _require_passed(release)
    require_complete(container, release)
    event = Event.now("approved", actor, why)
    record_decision(container, version, event, release.record)
    target = Pointer(version, release.manifest_sha256)
    while True:
        try:
            move_pointer(container, target, event, found)
        except CONFLICT_ERRORS:
            found = fetch_pointer(container)
        else:
            return found.pointer.version if found else None


def reject(container: ContainerClient, version: str, actor: Actor, why: str) -> None:
    """Reject a candidate.

    Raises
    ------
    UnknownReleaseError
        When no such release is in storage.
    DecisionRefusedError
        When it is or was current, or was already rejected.
    """
    release = fetch_release(container, version)
    found = fetch_pointer(container)
    state = release.state(found.pointer.version if found else None)
    advice = {
        "current": "is being served: roll back first.",
        "former": "was approved or served before: another release has already replaced it.",
        "rejected": "was already rejected.",
    }
    if state in advice:
        raise DecisionRefusedError(
            f"Expected a candidate that can still become current; {version} {advice[state]}",
            _explain_rejection(release) if state == "rejected" else (),
        )
    record_decision(container, version, Event.now("rejected", actor, why), release.record)


def roll_back(container: ContainerClient, actor: Actor, why: str | None) -> tuple[str, str]:
    """Make the previous release current again.

    Returns
    -------
    tuple of str and str
        The version that was current, and the one that is current now.

    Raises
    ------
    DecisionRefusedError
        When there is no release to go back to, or the pointer moved in the meantime.
    """
    found = fetch_pointer(container)
    if found is None:
        raise DecisionRefusedError("Expected a current release; none has been published yet.")
    current = found.pointer
    place = _find_rollback_target(container, current)
    moved = Event.now("rolled_back_to", actor, why)
    target, behind = current.previous[place], current.previous[place + 1 :]
    pointer = replace(target, previous=behind, moved=moved)
    try:
        replace_pointer(container, pointer, found.etag)
    except CONFLICT_ERRORS:
        raise DecisionRefusedError(
            f"Expected {current.version} to be current; another release has just replaced it:"
            " check the list of releases again."
        ) from None
    add_event(container, current.version, Event.now("rolled_back_from", actor, why))
    add_event(container, target.version, moved)
    return current.version, target.version


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
            _explain_rejection(release),
        )


def _require_passed(release: StoredRelease) -> None:
    if release.verdict == "stopped":
        raise DecisionRefusedError(
            f"{release.version} was stopped by its gates, see errors: deliver a file that passes,"
            " or ask for an override.",
            stopped_gates(release.manifest),
        )


def _find_rollback_target(container: ContainerClient, current: Pointer) -> int:
    """Find the index of the latest previous release that can still be served."""
    faults = []
    for place, one in enumerate(current.previous):
        try:
            _require_servable(container, one)
        except (UnknownReleaseError, BrokenReleaseError, DecisionRefusedError) as error:
            faults.append(FieldError(f"/previous/{place}", str(error)))
        else:
            return place
    raise DecisionRefusedError(
        f"Expected an earlier release than {current.version}; there is none to go back to:"
        " approve one by its version.",
        faults,
    )


def _require_servable(container: ContainerClient, pointer: Pointer) -> None:
    release = fetch_release(container, pointer.version)
    if release.manifest_sha256 != pointer.manifest_sha256:
        raise BrokenReleaseError(f"The manifest of {pointer.version} has been replaced.")
    require_complete(container, release)


def _explain_rejection(release: StoredRelease) -> list[FieldError]:
    last = release.record.events[-1]
    return [FieldError("/decisions", f"Rejected by {last.who} at {last.at}: {last.why}")]
