"""Publish a release: store its directory as a candidate, then make it current."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from azure.storage.blob import ContainerClient

from shared.errors import CreditRiskError
from shared.registry.history import fetch_time
from shared.registry.moves import carry_out, plan_move
from shared.registry.promotion import explain_rejection
from shared.registry.published import (
    CurrentPointer,
    fetch_latest,
    fetch_manifest,
)
from shared.registry.reconciling import fetch_settled, reconcile
from shared.registry.releases import StoredRelease
from shared.registry.sources import explain_pending, explain_tie, find_source
from shared.registry.storing import store_release
from shared.release.decisions import PIPELINE, DecisionRefusedError, Event
from shared.release.manifest import Manifest
from shared.release.source import Source
from shared.release.uploads import is_same_upload, order_uploads, uploaded_at
from shared.release.verdicts import stopped_gates
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
        published: it is current now, or was made current before; pending: a person decides;
        refused: its gates stopped it; rejected: a person rejected it.
    reasons : list of str
        Why it is not current, where that needs explaining.
    """

    state: Literal["published", "pending", "refused", "rejected"]
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
        When a file's digest is not the manifest's, or somebody else writes the same version.
    SupersededError
        When the current release was made from a newer upload.

    Notes
    -----
    A version that is stored already is not stored again: an interrupted publication is completed.
    """
    store_release(container, release, manifest)
    return publish_stored(container, manifest.version, promotion)


def publish_stored(
    container: ContainerClient, version: str, promotion: Promotion = "auto"
) -> Outcome:
    """Make a stored release current, unless it was stopped, rejected or is promoted by hand.

    Raises
    ------
    SupersededError
        When the current release was made from a newer upload.
    """
    reconcile(container)
    while True:
        release = fetch_settled(container, version)
        found = fetch_latest(container)
        outcome = _conclude(container, release, found, promotion)
        if outcome:
            return outcome
        reason = f"PROMOTION=auto, verdict {release.verdict}"
        plan = plan_move(release, found, Event.now("promoted", PIPELINE, reason))
        try:
            if carry_out(container, release, plan):
                return Outcome("published", [])
        except DecisionRefusedError as error:
            logger.info("%s", error)
        logger.info("The current release or a decision has changed: looking again.")


def _conclude(
    container: ContainerClient,
    release: StoredRelease,
    found: CurrentPointer | None,
    promotion: Promotion,
) -> Outcome | None:
    """Say what becomes of a stored release; None when it is to be promoted."""
    state = release.state(found.pointer.version if found else None)
    if state in ("current", "former", "rolled_back"):
        return Outcome("published", [])
    if state == "rejected":
        return Outcome("rejected", [one.detail for one in explain_rejection(release)])
    if state == "refused":
        reasons = [gate.detail for gate in stopped_gates(release.manifest)]
        return Outcome("refused", reasons or [f"The verdict is {release.manifest.verdict}."])
    if promotion == "manual":
        return Outcome("pending", [])
    return _compare(container, release.manifest.source, found)


def _compare(
    container: ContainerClient, source: Source, found: CurrentPointer | None
) -> Outcome | None:
    """Say why an upload does not take the place of the current release; None when it does."""
    current = _refuse_older(container, source, found)
    decided = found.pointer.moved if found else None
    if found and decided and decided.by_person:
        at = fetch_time(container, found.pointer.number)
        # Storage's clock has whole seconds: in the same one, the person's choice holds.
        if uploaded_at(source) <= at:
            return Outcome("pending", [explain_pending(decided)])
    if current and source.get("last_modified") and order_uploads(source, current) == "unknown":
        return Outcome("pending", [explain_tie(source, current)])
    return None


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
    found = fetch_latest(container)
    _refuse_older(container, source, found)
    return found


def find_published(container: ContainerClient, source: Source) -> Manifest | None:
    """Return the manifest of the current release if it was made from exactly this upload."""
    found = fetch_latest(container)
    current = find_source(container, found.pointer) if found else None
    if found is None or current is None or not is_same_upload(source, current):
        return None
    return fetch_manifest(container, found.pointer)


def _refuse_older(
    container: ContainerClient, source: Source, found: CurrentPointer | None
) -> Source | None:
    current = find_source(container, found.pointer) if found else None
    if found and current and order_uploads(source, current) == "older":
        raise SupersededError(
            f"{source['name']} was uploaded at {source.get('last_modified')}; the current release"
            f" {found.pointer.version} was made from {current['name']}, uploaded later, at"
            f" {current['last_modified']}. Upload the file again to have it served."
        )
    return current
