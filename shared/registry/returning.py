"""Go back to the release that was current before."""

from datetime import timedelta

from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError, FieldError
from shared.registry.completeness import require_complete
from shared.registry.history import measure_age
from shared.registry.moves import carry_out, plan_return
from shared.registry.published import fetch_latest
from shared.registry.reconciling import fetch_settled, reconcile
from shared.registry.releases import StoredRelease, UnknownReleaseError
from shared.release.decisions import Actor, DecisionRefusedError, Event
from shared.release.pointer import Pointer

REPEAT_SECONDS = 60
"""For this long after a rollback, another one must name the release that it goes back from."""


def roll_back(
    container: ContainerClient, actor: Actor, why: str | None, back_from: str | None = None
) -> tuple[str, str]:
    """Make the previous release current again.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    actor : Actor
        Who decides.
    why : str or None
        The reason.
    back_from : str, optional
        The version to go back from. With it, a repeated call goes back only once.

    Returns
    -------
    tuple of str and str
        The version that was current, and the one that is current now.

    Raises
    ------
    DecisionRefusedError
        When there is no release to go back to, another one than the named is current, or the
        pointer moved in the meantime.
    """
    reconcile(container)
    found = fetch_latest(container)
    if found is None:
        raise DecisionRefusedError("Expected a current release; none has been published yet.")
    current = found.pointer
    if back_from is None:
        _require_no_repeat(container, current)
    elif current.version != back_from:
        return _recognise(current, actor, back_from)
    place, release = _find_target(container, current)
    plan = plan_return(release, current, place, Event.now("rolled_back_to", actor, why))
    if not carry_out(container, release, plan):
        raise DecisionRefusedError(
            f"Expected {current.version} to be current; another release has just replaced it:"
            " check the list of releases again."
        )
    return current.version, release.version


def _require_no_repeat(container: ContainerClient, current: Pointer) -> None:
    """Refuse what is probably the same rollback, sent again or by somebody else."""
    moved = current.moved
    if moved is None or moved.action != "rolled_back_to":
        return
    age = measure_age(container, current.number)
    if age is not None and age < timedelta(seconds=REPEAT_SECONDS):
        raise DecisionRefusedError(
            f"{moved.who} went back from {moved.instead_of} to {current.version} just now: name"
            f" {current.version} as the version to go back from, if it is not to be served either."
        )


def _recognise(current: Pointer, actor: Actor, back_from: str) -> tuple[str, str]:
    """Recognise a rollback that was made already, by the same person; refuse any other."""
    moved = current.moved
    if moved and moved.action == "rolled_back_to" and moved.instead_of == back_from:
        if moved.who == actor.who:
            return back_from, current.version
        raise DecisionRefusedError(
            f"{moved.who} has gone back from {back_from} already, at {moved.at}:"
            f" {current.version} is current."
        )
    raise DecisionRefusedError(
        f"Expected {back_from} to be current; {current.version} is: check the list of releases"
        " again."
    )


def _find_target(container: ContainerClient, current: Pointer) -> tuple[int, StoredRelease]:
    """Find the latest previous release that can still be served, and its place."""
    faults = []
    for place, one in enumerate(current.previous):
        try:
            return place, _fetch_servable(container, one)
        except (UnknownReleaseError, BrokenReleaseError, DecisionRefusedError) as error:
            faults.append(FieldError(f"/previous/{place}", str(error)))
    raise DecisionRefusedError(
        f"Expected an earlier release than {current.version}; there is none to go back to:"
        " approve one by its version.",
        faults,
    )


def _fetch_servable(container: ContainerClient, pointer: Pointer) -> StoredRelease:
    release = fetch_settled(container, pointer.version)
    if release.manifest_sha256 != pointer.manifest_sha256:
        raise BrokenReleaseError(f"The manifest of {pointer.version} has been replaced.")
    if release.state(None) == "rejected":
        raise DecisionRefusedError(f"{pointer.version} was rejected.")
    require_complete(container, release)
    return release
