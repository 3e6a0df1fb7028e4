"""What becomes of a release that a run has stored, in whichever attempt."""

from azure.storage.blob import ContainerClient

from shared.registry.decision_log import fetch_record
from shared.registry.published import fetch_pointer
from shared.registry.publishing import Outcome, settle_candidate
from shared.registry.releases import StoredRelease, fetch_release
from shared.registry.storing import stored_digest
from shared.release.manifest import Manifest, Pointer
from shared.settings import Promotion


def settle_stored(
    container: ContainerClient, version: str, promotion: Promotion
) -> tuple[Manifest, Outcome] | None:
    """Bring a stored release to its outcome, unless that has been reached already.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    version : str
        The release of the run.
    promotion : str
        auto makes a candidate that passes its gates current, manual leaves that to a person.

    Returns
    -------
    tuple of Manifest and Outcome, or None
        None when no attempt at the run has stored the release.

    Raises
    ------
    SupersededError
        When the current release was made from a newer upload.
    """
    if stored_digest(fetch_record(container, version)) is None:
        return None
    stored = fetch_release(container, version)
    decided = _read_outcome(container, stored)
    if decided is None:
        pointer = Pointer(version, stored.manifest_sha256)
        decided = settle_candidate(container, pointer, stored.manifest, promotion)
    return stored.manifest, decided


def _read_outcome(container: ContainerClient, stored: StoredRelease) -> Outcome | None:
    """Return the outcome of a release that was served or rejected; None for a candidate."""
    current = fetch_pointer(container)
    state = stored.state(current.pointer.version if current else None)
    if state in ("current", "former", "rolled_back"):
        return Outcome("published", [])
    if state == "rejected":
        last = stored.record.events[-1]
        return Outcome("refused", [f"{last.who} rejected the candidate: {last.why}"])
    return None
