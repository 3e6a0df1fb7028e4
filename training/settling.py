"""What becomes of a release that a run has stored, in whichever attempt."""

from azure.storage.blob import ContainerClient

from shared.registry.decision_log import fetch_record
from shared.registry.publishing import Outcome, publish_stored
from shared.registry.releases import fetch_release
from shared.registry.storing import is_stored
from shared.release.manifest import Manifest
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
    if not is_stored(fetch_record(container, version)):
        return None
    outcome = publish_stored(container, version, promotion)
    return fetch_release(container, version).manifest, outcome
