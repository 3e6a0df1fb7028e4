"""The pointer to the current release, moved by conditional writes."""

import logging
from dataclasses import replace

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.registry.account import replace_json
from shared.registry.published import CurrentPointer, release_blob
from shared.release.decisions import Event
from shared.release.manifest import MODEL, POINTER, TRAINING_TABLE, Pointer

# The reference's users download these two names.
_COPIES = {
    TRAINING_TABLE: f"output/{TRAINING_TABLE}",
    MODEL: f"train_models/{MODEL}",
}

logger = logging.getLogger(__name__)


def move_pointer(
    container: ContainerClient, target: Pointer, moved: Event, found: CurrentPointer | None
) -> None:
    """Make a stored release current, unless the pointer moved in the meantime.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    target : Pointer
        The release.
    moved : Event
        The event that makes it current.
    found : CurrentPointer or None
        The pointer that the decision is based on, from `fetch_pointer`.

    Raises
    ------
    ResourceModifiedError, ResourceExistsError
        When the pointer moved in the meantime: see `shared.registry.account.CONFLICT_ERRORS`.
    """
    if found is None:
        replace_pointer(container, replace(target, previous=(), moved=moved), None)
    else:
        replace_pointer(container, target.follow(found.pointer, moved), found.etag)


def replace_pointer(container: ContainerClient, pointer: Pointer, known_etag: str | None) -> None:
    """Write the pointer and refresh the copies; raises as `move_pointer` does."""
    replace_json(container, POINTER, pointer.to_json(), known_etag)
    refresh_copies(container, pointer.version)


def refresh_copies(container: ContainerClient, version: str) -> None:
    """Copy within storage; a failure leaves stale copies, which the app itself never reads."""
    for name, copy in _COPIES.items():
        original = container.get_blob_client(release_blob(version, name))
        try:
            container.get_blob_client(copy).start_copy_from_url(original.url)
        except AzureError as error:
            logger.warning("%s could not be refreshed from %s: %s", copy, version, error)
