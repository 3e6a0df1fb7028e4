"""Published releases as they lie in storage: the pointer, the manifests."""

from http import HTTPStatus

from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.release import MANIFEST, POINTER, Manifest, Pointer, read_manifest


class PointerUnchanged(Exception):  # noqa: N818 -- an answer, not an error
    """The pointer is still the one that the caller knows."""


def fetch_pointer(
    container: ContainerClient, known_etag: str | None = None
) -> tuple[Pointer, str] | None:
    """Fetch the pointer to the current release.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    known_etag : str, optional
        ETag of the pointer that the caller has already.

    Returns
    -------
    tuple of Pointer and str, or None
        The pointer and its ETag; None when nothing was ever published.

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
    return Pointer.from_json(content), str(download.properties.etag)


def fetch_manifest(container: ContainerClient, pointer: Pointer) -> Manifest:
    """Fetch the manifest that the pointer speaks of.

    Raises
    ------
    BrokenReleaseError
        When it is another one.
    """
    content = container.download_blob(release_blob(pointer.version, MANIFEST)).readall()
    return read_manifest(content, pointer)


def release_blob(version: str, name: str) -> str:
    """Name the blob of one of a release's files."""
    return f"{version}/{name}"
