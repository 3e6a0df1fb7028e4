"""Which release is current: what a person decides, and writes down by deciding."""

from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError, FieldError
from shared.registry.account import CONFLICT_ERRORS
from shared.registry.decision_log import add_event
from shared.registry.pointer import move_pointer, replace_pointer
from shared.registry.published import CurrentPointer, fetch_pointer, release_blob
from shared.registry.releases import StoredRelease, UnknownReleaseError, fetch_release
from shared.release.decisions import Actor, DecisionRefusedError, Event, stopped_gates
from shared.release.manifest import Pointer


def approve(container: ContainerClient, version: str, actor: Actor, why: str | None) -> str | None:
    """Make a stored release the current one, as a person says so.

    Returns
    -------
    str or None
        The version whose place it took.

    Raises
    ------
    UnknownReleaseError
        When there is no such release.
    DecisionRefusedError
        When it is current already, was stopped by its gates or rejected, or is not whole.

    Notes
    -----
    The approval is written down before the pointer moves: an approval and a rejection of the
    same release cannot both pass, and whoever approves again completes what broke off.
    """
    release = fetch_release(container, version)
    found = fetch_pointer(container)
    _require_approvable(release, found)
    _require_whole(container, release)
    event = Event.now("approved", actor, why)
    _write_down(container, release, event)
    target = Pointer(version, release.manifest_sha256)
    while True:
        try:
            move_pointer(container, target, event, found)
        except CONFLICT_ERRORS:
            found = fetch_pointer(container)
        else:
            return found.pointer.version if found else None


def reject(container: ContainerClient, version: str, actor: Actor, why: str) -> None:
    """Rule out that a candidate becomes current.

    Raises
    ------
    UnknownReleaseError
        When there is no such release.
    DecisionRefusedError
        When it is, or was, the current one, or was rejected before.
    """
    release = fetch_release(container, version)
    found = fetch_pointer(container)
    state = release.state(found.pointer.version if found else None)
    advice = {
        "current": "is being served: roll back first.",
        "former": "was approved or served before: what is served now took its place already.",
        "rejected": "was rejected before.",
    }
    if state in advice:
        raise DecisionRefusedError(
            f"Expected a candidate that may become current; {version} {advice[state]}",
            _last_words(release) if state == "rejected" else (),
        )
    _write_down(container, release, Event.now("rejected", actor, why))


def roll_back(container: ContainerClient, actor: Actor, why: str | None) -> tuple[str, str]:
    """Make the release current again that was so before this one.

    Returns
    -------
    tuple of str and str
        The version that was rolled back from, and the one that is current now.

    Raises
    ------
    DecisionRefusedError
        When there is none to go back to, or another release became current meanwhile.
    """
    found = fetch_pointer(container)
    if found is None:
        raise DecisionRefusedError("Expected a current release; nothing was ever published.")
    current = found.pointer
    place = _find_sound(container, current)
    moved = Event.now("rolled_back_to", actor, why)
    target, behind = current.previous[place], current.previous[place + 1 :]
    pointer = Pointer(target.version, target.manifest_sha256, behind, moved)
    try:
        replace_pointer(container, pointer, found.etag)
    except CONFLICT_ERRORS:
        raise DecisionRefusedError(
            f"Expected {current.version} to be current; another release took its place just now:"
            " look at the list of releases again."
        ) from None
    add_event(container, current.version, Event.now("rolled_back_from", actor, why))
    add_event(container, target.version, moved)
    return current.version, target.version


def _require_approvable(release: StoredRelease, found: CurrentPointer | None) -> None:
    state = release.state(found.pointer.version if found else None)
    if state == "current":
        raise DecisionRefusedError(f"{release.version} is the current release already.")
    if state == "rejected":
        raise DecisionRefusedError(
            f"{release.version} was rejected: deliver the file again for another candidate.",
            _last_words(release),
        )
    if release.verdict == "stopped":
        raise DecisionRefusedError(
            f"{release.version} was stopped by its gates, see errors: deliver a file that passes.",
            stopped_gates(release.manifest),
        )


def _require_whole(container: ContainerClient, release: StoredRelease) -> None:
    prefix = release_blob(release.version, "")
    there = {blob.name: blob.size for blob in container.list_blobs(name_starts_with=prefix)}
    faults = [
        FieldError(f"/files/{name}", f"Expected {file['bytes']:,} bytes, got {size or 0:,}")
        for name, file in release.manifest["files"].items()
        if (size := there.get(release_blob(release.version, name))) != file["bytes"]
    ]
    if faults:
        raise DecisionRefusedError(
            f"Files of {release.version} are not as they were stored, see errors:"
            " deliver the file again.",
            faults,
        )


def _find_sound(container: ContainerClient, current: Pointer) -> int:
    """Find the latest of the previous releases that can still be served."""
    faults = []
    for place, one in enumerate(current.previous):
        try:
            _require_servable(container, one)
        except (UnknownReleaseError, BrokenReleaseError, DecisionRefusedError) as error:
            faults.append(FieldError(f"/previous/{place}", str(error)))
        else:
            return place
    raise DecisionRefusedError(
        f"Expected a release that was current before {current.version}; there is none to go back"
        " to: approve one by its version.",
        faults,
    )


def _require_servable(container: ContainerClient, pointer: Pointer) -> None:
    release = fetch_release(container, pointer.version)
    if release.manifest_sha256 != pointer.manifest_sha256:
        raise BrokenReleaseError(f"The manifest of {pointer.version} is another one by now.")
    _require_whole(container, release)


def _write_down(container: ContainerClient, release: StoredRelease, event: Event) -> None:
    try:
        add_event(container, release.version, event, release.record)
    except CONFLICT_ERRORS:
        raise DecisionRefusedError(
            f"Somebody else decided about {release.version} just now: look at it again."
        ) from None


def _last_words(release: StoredRelease) -> list[FieldError]:
    last = release.record.events[-1]
    return [FieldError("/decisions", f"Rejected by {last.who} at {last.at}: {last.why}")]
