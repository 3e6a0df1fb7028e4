"""Checks that all files of a stored release are still those of its manifest."""

import hashlib

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.errors import FieldError
from shared.registry.published import release_blob
from shared.registry.releases import StoredRelease
from shared.release.decisions import DecisionRefusedError


def require_complete(container: ContainerClient, release: StoredRelease) -> None:
    """Require every file, in its full size; reads no file.

    Raises
    ------
    DecisionRefusedError
        With every file that is missing or has another size.
    """
    prefix = release_blob(release.version, "")
    sizes = {blob.name: blob.size for blob in container.list_blobs(name_starts_with=prefix)}
    _refuse_damaged(
        release,
        [
            FieldError(f"/files/{name}", f"Expected {file.bytes:,} bytes, got {size or 0:,}")
            for name, file in release.manifest.files.items()
            if (size := sizes.get(release_blob(release.version, name))) != file.bytes
        ],
    )


def require_intact(container: ContainerClient, release: StoredRelease) -> None:
    """Require the digest of every file, in full; reads them all.

    Raises
    ------
    DecisionRefusedError
        With every file that is missing or has another digest.
    """
    _refuse_damaged(
        release,
        [
            FieldError(f"/files/{name}", f"Expected the SHA-256 {file.sha256}, got {found}")
            for name, file in release.manifest.files.items()
            if (found := stored_sha256(container, release.version, name)) != file.sha256
        ],
    )


def stored_sha256(container: ContainerClient, version: str, name: str) -> str:
    """Compute the hex digest of one of a release's files in storage; a text if it is missing."""
    digest = hashlib.sha256()
    try:
        for chunk in container.download_blob(release_blob(version, name)).chunks():
            digest.update(chunk)
    except ResourceNotFoundError:
        return "no file"
    return digest.hexdigest()


def _refuse_damaged(release: StoredRelease, damaged: list[FieldError]) -> None:
    if damaged:
        raise DecisionRefusedError(
            f"Files of {release.version} are missing or have changed, see errors:"
            " deliver the file again.",
            damaged,
        )
