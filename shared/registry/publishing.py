"""Publish a release: store its directory as a candidate, then move the pointer to it."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError, CreditRiskError
from shared.registry.account import CONFLICT_ERRORS
from shared.registry.decision_log import add_event
from shared.registry.pointer import move_pointer
from shared.registry.published import (
    CurrentPointer,
    fetch_manifest,
    fetch_pointer,
)
from shared.registry.storing import store_release
from shared.release.decisions import PIPELINE, Event, judge, stopped_gates
from shared.release.facts import Source
from shared.release.manifest import Manifest, Pointer
from shared.settings import Promotion

logger = logging.getLogger(__name__)


class SupersededError(CreditRiskError):
    """A newer upload was already published: the newest one wins."""

    status = 409
    title = "A newer upload is published already"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of publishing a candidate.

    Attributes
    ----------
    state : str
        published: it is current now; pending: a person decides; refused: its gates stopped it.
    reasons : list of str
        Why it is not current, where that needs explaining.
    """

    state: Literal["published", "pending", "refused"]
    reasons: list[str]


def publish_release(
    container: ContainerClient,
    release: Path,
    manifest: Manifest,
    promotion: Promotion = "auto",
) -> Outcome:
    """Store a release as a candidate and, unless stopped or promoted by hand, make it current.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    release : Path
        A complete release directory.
    manifest : dict
        Its manifest.
    promotion : str
        auto makes a candidate that passes its gates current, manual leaves that to a person.

    Raises
    ------
    BrokenReleaseError
        When a file's digest is not the manifest's.
    SupersededError
        When the current release was made from a newer upload.
    """
    pointer = store_release(container, release, manifest)
    return settle_candidate(container, pointer, manifest, promotion)


def settle_candidate(
    container: ContainerClient, pointer: Pointer, manifest: Manifest, promotion: Promotion
) -> Outcome:
    """Make a stored candidate current, unless its gates stopped it or a person is to decide.

    Raises
    ------
    SupersededError
        When the current release was made from a newer upload.
    """
    if judge(manifest) == "stopped":
        reasons = [gate.detail for gate in stopped_gates(manifest)]
        return Outcome("refused", reasons or [f"The verdict is {manifest.verdict}."])
    if promotion == "manual":
        return Outcome("pending", [])
    return _promote(container, pointer, manifest)


def refuse_superseded(container: ContainerClient, source: Source) -> CurrentPointer | None:
    """Refuse an upload that is older than the source of the current release.

    Returns
    -------
    CurrentPointer or None
        The pointer that the upload was compared with; None before the first release.

    Raises
    ------
    SupersededError
        When it is older.
    """
    found = fetch_pointer(container)
    if found is None:
        return None
    current = _read_source(container, found.pointer)
    if current and _uploaded(current) > _uploaded(source):
        raise SupersededError(
            f"{source['name']} was uploaded at {source.get('last_modified')}; the current release"
            f" {found.pointer.version} was made from {current['name']}, uploaded later, at"
            f" {current['last_modified']}. Upload the file again to have it served."
        )
    return found


def find_published(container: ContainerClient, source: Source) -> Manifest | None:
    """Return the manifest of the current release if it was made from exactly this upload."""
    found = fetch_pointer(container)
    current = _read_source(container, found.pointer) if found else None
    if found is None or current is None:
        return None
    same = all(current.get(name) == source.get(name) for name in ("name", "etag", "last_modified"))
    return fetch_manifest(container, found.pointer) if same else None


def _read_source(container: ContainerClient, pointer: Pointer) -> Source | None:
    try:
        source: Source = fetch_manifest(container, pointer).source
    except (BrokenReleaseError, AzureError) as error:
        # A damaged current release must not block its replacement.
        logger.warning("The current release cannot be read for comparison: %s", error)
        return None
    return source


def _promote(container: ContainerClient, pointer: Pointer, manifest: Manifest) -> Outcome:
    moved = Event.now("promoted", PIPELINE, f"PROMOTION=auto, verdict {judge(manifest)}")
    while True:
        found = refuse_superseded(container, manifest.source)
        decided = found.pointer.moved if found else None
        if decided and decided.by_person and _uploaded(manifest.source) < decided.at:
            return Outcome("pending", [_explain_pending(decided)])
        try:
            move_pointer(container, pointer, moved, found)
        except CONFLICT_ERRORS:
            logger.info("The pointer has moved: comparing with the new current release.")
        else:
            add_event(container, pointer.version, moved)
            return Outcome("published", [])


def _uploaded(source: Source) -> str:
    return source.get("last_modified", "")


def _explain_pending(decided: Event) -> str:
    return (
        f"{decided.who} chose the current release at {decided.at}, after this file was uploaded:"
        " approve the candidate to have it served."
    )
