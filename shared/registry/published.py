"""Reads of published releases in storage: the pointer, the manifests, the files."""

import shutil
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError, NoReleaseError
from shared.release.manifest import MANIFEST, POINTER, Manifest, Pointer, check_file, read_manifest

SPARE_BYTES = 16 * 1024 * 1024
"""Temporary storage that a download leaves free."""


@dataclass(frozen=True, slots=True)
class CurrentPointer:
    """The pointer to the current release as it was read from storage.

    Attributes
    ----------
    pointer : Pointer
        Its content.
    etag : str
        Its ETag, for conditional reads and writes.
    """

    pointer: Pointer
    etag: str


class PointerUnchanged(Exception):  # noqa: N818 -- a result, not an error
    """The pointer still has the ETag that the caller knows."""


def fetch_pointer(
    container: ContainerClient, known_etag: str | None = None
) -> CurrentPointer | None:
    """Fetch the pointer to the current release.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    known_etag : str, optional
        ETag of the pointer that the caller already has.

    Returns
    -------
    CurrentPointer or None
        None when nothing was ever published.

    Raises
    ------
    PointerUnchanged
        When the pointer still has the known ETag.
    BrokenReleaseError
        When the pointer cannot be read.
    """
    try:
        if known_etag is None:
            download = container.download_blob(POINTER)
        else:
            download = container.download_blob(
                POINTER, etag=known_etag, match_condition=MatchConditions.IfModified
            )
        content = download.readall()
    except ResourceNotFoundError:
        return None
    except HttpResponseError as error:
        if error.status_code == HTTPStatus.NOT_MODIFIED:
            raise PointerUnchanged from None
        raise
    return CurrentPointer(Pointer.from_json(content), str(download.properties.etag))


def fetch_manifest(container: ContainerClient, pointer: Pointer) -> Manifest:
    """Fetch the manifest that the pointer names.

    Raises
    ------
    BrokenReleaseError
        When its digest is not the pointer's.
    """
    content = container.download_blob(release_blob(pointer.version, MANIFEST)).readall()
    return read_manifest(content, pointer)


def download_file(container: ContainerClient, manifest: Manifest, name: str, folder: Path) -> Path:
    """Download one of a release's files into a folder and verify its digest.

    Raises
    ------
    BrokenReleaseError
        When the manifest does not list the file, or its digest does not match.
    NoReleaseError
        When temporary storage is too small.
    """
    if name not in manifest.files:
        raise BrokenReleaseError(
            f"{manifest.version} has no {name}: publish a release with this version of the code."
        )
    _require_room(folder, name, manifest.files[name].bytes)
    path = folder / name
    with path.open("wb") as file:
        container.download_blob(release_blob(manifest.version, name)).readinto(file)
    check_file(path, manifest)
    return path


def _require_room(folder: Path, name: str, needed_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + SPARE_BYTES:
        raise NoReleaseError(
            f"{name} needs {needed_bytes:,} bytes of temporary storage plus {SPARE_BYTES:,} in"
            f" reserve, {free:,} are free: give the instance more."
        )


def release_blob(version: str, name: str) -> str:
    """Return the blob name of one of a release's files."""
    return f"{version}/{name}"
