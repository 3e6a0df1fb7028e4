"""Publish a release: copy its directory into the container, then move one pointer."""

import logging
from collections.abc import Mapping
from pathlib import Path

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceExistsError, ResourceModifiedError
from azure.storage.blob import ContainerClient, ContentSettings

from shared.errors import BrokenReleaseError, CreditRiskError
from shared.published import fetch_manifest, fetch_pointer, release_blob
from shared.release import (
    MANIFEST,
    MODEL,
    POINTER,
    TRAINING_TABLE,
    Manifest,
    Pointer,
    check_file,
    file_sha256,
)
from shared.runs import Source

# The reference's users fetch these two names.
_COPIES = {
    TRAINING_TABLE: f"output/{TRAINING_TABLE}",
    MODEL: f"train_models/{MODEL}",
}
_JSON = ContentSettings(content_type="application/json")

logger = logging.getLogger(__name__)


class SupersededError(CreditRiskError):
    """A newer upload is published already: the newest one wins."""

    status = 409
    title = "A newer upload is published already"


def publish_release(container: ContainerClient, release: Path, manifest: Manifest) -> None:
    """Make a release the current one: wholly, or not at all.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    release : Path
        A complete release directory.
    manifest : dict
        Its manifest.

    Raises
    ------
    BrokenReleaseError
        When a file is not what the manifest says.
    SupersededError
        When the current release was made from a newer upload.
    """
    for name in manifest["files"]:
        check_file(release / name, manifest)
        _upload(container, release / name, manifest["version"])
    _upload(container, release / MANIFEST, manifest["version"])
    pointer = Pointer(manifest["version"], file_sha256(release / MANIFEST))
    _move_pointer(container, pointer, manifest["source"])
    refresh_copies(container, manifest["version"])


def refuse_superseded(container: ContainerClient, source: Source) -> str | None:
    """Refuse an upload that is older than the one the current release was made from.

    Returns
    -------
    str or None
        ETag of the pointer that was compared with; None when there is none.

    Raises
    ------
    SupersededError
        When it is older.
    """
    found = fetch_pointer(container)
    if found is None:
        return None
    pointer, etag = found
    current = _read_source(container, pointer)
    if str(current.get("last_modified", "")) > source.get("last_modified", ""):
        raise SupersededError(
            f"{source['name']} was uploaded at {source.get('last_modified')}; the current release"
            f" {pointer.version} was made from {current.get('name')}, uploaded later, at"
            f" {current.get('last_modified')}. Upload the file again if it is to be served."
        )
    return etag


def find_published(container: ContainerClient, source: Source) -> Manifest | None:
    """Give the current release's manifest when it was made from this very upload."""
    found = fetch_pointer(container)
    if found is None:
        return None
    current = _read_source(container, found[0])
    same = all(current.get(name) == source.get(name) for name in ("name", "etag", "last_modified"))
    return fetch_manifest(container, found[0]) if same else None


def _read_source(container: ContainerClient, pointer: Pointer) -> Mapping[str, object]:
    try:
        source: Mapping[str, object] = fetch_manifest(container, pointer)["source"]
    except (BrokenReleaseError, AzureError) as error:
        # A damaged current release must not keep a sound one from taking its place.
        logger.warning("The current release cannot be compared with: %s", error)
        return {}
    return source


def _upload(container: ContainerClient, path: Path, version: str) -> None:
    with path.open("rb") as file:
        container.upload_blob(release_blob(version, path.name), file, overwrite=True)


def _move_pointer(container: ContainerClient, pointer: Pointer, source: Source) -> None:
    while True:
        etag = refuse_superseded(container, source)
        try:
            if etag is None:
                container.upload_blob(POINTER, pointer.to_json(), content_settings=_JSON)
            else:
                container.upload_blob(
                    POINTER,
                    pointer.to_json(),
                    overwrite=True,
                    content_settings=_JSON,
                    etag=etag,
                    match_condition=MatchConditions.IfNotModified,
                )
        except (ResourceModifiedError, ResourceExistsError):
            logger.info("The pointer moved meanwhile: comparing with the new current release.")
        else:
            return


def refresh_copies(container: ContainerClient, version: str) -> None:
    """Have the storage service copy; a failure leaves old copies, which the app never reads."""
    for name, copy in _COPIES.items():
        original = container.get_blob_client(release_blob(version, name))
        try:
            container.get_blob_client(copy).start_copy_from_url(original.url)
        except AzureError as error:
            logger.warning("%s could not be refreshed from %s: %s", copy, version, error)
