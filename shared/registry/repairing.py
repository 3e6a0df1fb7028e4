"""Repairs a damaged pointer: by itself where only one answer is possible, else as a person says."""

from dataclasses import dataclass

from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError, FieldError
from shared.registry.completeness import require_intact
from shared.registry.history import entry_name, fetch_entry, list_numbers
from shared.registry.intents import Intent
from shared.registry.moves import carry_out, point_to
from shared.registry.reading import DamagedDocumentError, read_stored
from shared.registry.reconciling import reconcile
from shared.registry.releases import StoredRelease, fetch_release
from shared.release.decisions import Actor, DecisionRefusedError, Event
from shared.release.overrides import find_override
from shared.release.pointer import POINTER, Pointer


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is found wrong with the pointer and its history.

    Attributes
    ----------
    faults : list of str
        Every fault, in words.
    last : int
        The number of the last move; 0 when there is no history.
    sound : Pointer or None
        The latest pointer that can be read.
    is_certain : bool
        Whether that one is the current one: only one answer is possible.
    """

    faults: list[str]
    last: int
    sound: Pointer | None
    is_certain: bool


def diagnose(container: ContainerClient) -> Diagnosis:
    """Read the pointer and its whole history; changes nothing."""
    faults: list[str] = []
    current: Pointer | None = None
    try:
        stored = read_stored(container, POINTER, Pointer.from_json)
        current = stored.value if stored else None
    except DamagedDocumentError as error:
        faults.append(str(error))
    numbers = list_numbers(container)
    last = max([*numbers, current.number if current else 0])
    if current is None and numbers and not faults:
        faults.append(f"{POINTER} is missing.")
    if current and current.number < last:
        faults.append(f"{POINTER} is behind: it has number {current.number}, the last is {last}.")
    entries = _read_entries(container, numbers, faults)
    sound = max([*entries, *([current] if current else [])], key=_number, default=None)
    is_certain = sound.number == last if sound else not faults
    return Diagnosis(faults, last, sound, is_certain)


def repair(container: ContainerClient, actor: Actor, to: str | None = None) -> list[str]:
    """Repair the pointer, and complete what was interrupted.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    actor : Actor
        Who repairs.
    to : str, optional
        The release to make current where nothing else says which one is.

    Returns
    -------
    list of str
        What was found and is repaired now.

    Raises
    ------
    DecisionRefusedError
        When a person must choose the release, or chose one that must not be served.
    """
    found = diagnose(container)
    if found.is_certain:
        if to is not None:
            raise DecisionRefusedError(
                "Expected no choice: what is current is certain. Repeat the command without it."
            )
        reconcile(container)
        return found.faults
    if to is None:
        raise _ask_for_choice(found)
    _make_current(container, found, fetch_release(container, to), actor)
    reconcile(container)
    return found.faults


def _read_entries(
    container: ContainerClient, numbers: list[int], faults: list[str]
) -> list[Pointer]:
    """Read all entries, each of which must name the digest of the one before it."""
    entries: list[Pointer] = []
    for number in numbers:
        try:
            entry = fetch_entry(container, number)
        except BrokenReleaseError as error:
            faults.append(str(error))
            continue
        if entry is None:
            continue
        before = entries[-1] if entries else None
        if before and before.number == number - 1 and entry.value.before_sha256 != before.sha256:
            faults.append(f"{entry_name(number)} does not follow the entry before it.")
        entries.append(entry.value)
    return entries


def _make_current(
    container: ContainerClient, found: Diagnosis, release: StoredRelease, actor: Actor
) -> None:
    override = find_override(release.record.events)
    state = release.state(None)
    if state == "rejected" or (release.verdict == "stopped" and override is None):
        raise DecisionRefusedError(
            f"Expected a release that may be served; {release.version} is {state}: name another."
        )
    require_intact(container, release)
    event = Event.now("repaired", actor, "; ".join(found.faults)[:1000]).moving(
        found.last + 1, found.sound.version if found.sound else None
    )
    entry = point_to(release, override).follow(found.sound, event, found.last + 1)
    if not carry_out(container, release, Intent(entry, release.record.etag)):
        raise DecisionRefusedError("Somebody else has just repaired the pointer: look at it again.")


def _ask_for_choice(found: Diagnosis) -> DecisionRefusedError:
    known = [found.sound, *found.sound.previous] if found.sound else []
    return DecisionRefusedError(
        "Expected the pointer or the last entry of its history to be readable; neither is, so it"
        " is not certain which release is current: choose one with --to VERSION, see errors.",
        [
            *(FieldError("", fault) for fault in found.faults),
            *(FieldError("", f"{one.version} was current before.") for one in known),
        ],
    )


def _number(pointer: Pointer) -> int:
    return pointer.number
