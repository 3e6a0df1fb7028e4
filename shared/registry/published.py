"""Reads of published releases in storage: the pointer, the manifests, the files."""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError,
    ResourceNotFoundError,
    ServiceResponseError,
)
from azure.storage.blob import ContainerClient
from msgspec import Struct
from urllib3.exceptions import HTTPError

from shared.errors import BrokenReleaseError, NoReleaseError
from shared.registry.reading import DamagedDocumentError, StoredDocument, read_stored
from shared.release.documents import MANIFEST_LIMIT_BYTES
from shared.release.files import MANIFEST, FileFacts, check_digest
from shared.release.pointer import POINTER, Pointer

if TYPE_CHECKING:
    from shared.release.manifest import Manifest

SPARE_BYTES = 16 * 1024 * 1024
"""Temporary storage that a download leaves free."""

logger = logging.getLogger(__name__)


class CurrentPointer(Struct, frozen=True):
    """The pointer to the current release as it was read from storage.

    Attributes
    ----------
    pointer : Pointer
        Its content.
    etag : str or None
        The ETag of `current.json`, for conditional reads; None where it is missing.
    """

    pointer: Pointer
    etag: str | None


class PointerUnchanged(Exception):  # noqa: N818 -- a result, not an error
    """The pointer still has the ETag that the caller knows."""


def fetch_pointer(
    container: ContainerClient, known_etag: str | None = None
) -> CurrentPointer | None:
    """Fetch the pointer to the current release; where it is damaged or missing, from the history.

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
        When neither it nor the last entry of the history can be read.
    """
    try:
        found = _read_current(container, known_etag)
    except DamagedDocumentError as error:
        return _fall_back(container, error)
    if found is not None:
        return CurrentPointer(found.value, found.etag)
    entry = _fetch_last_entry(container)
    return CurrentPointer(entry.value, None) if entry else None


def fetch_latest(container: ContainerClient) -> CurrentPointer | None:
    """Fetch the pointer as the history has it, also while `current.json` is behind.

    Raises
    ------
    BrokenReleaseError
        When neither `current.json` nor the end of the history can be read.
    """
    from shared.registry.history import fetch_entry  # noqa: PLC0415 -- keyed reads need none

    found = fetch_pointer(container)
    while True:
        number = found.pointer.number if found else 0
        entry = fetch_entry(container, number + 1)
        if entry is None:
            return found
        found = CurrentPointer(entry.value, found.etag if found else None)


def _read_current(
    container: ContainerClient, known_etag: str | None
) -> StoredDocument[Pointer] | None:
    conditions: dict[str, Any] = {}
    if known_etag is not None:
        conditions = {"etag": known_etag, "match_condition": MatchConditions.IfModified}
    try:
        return read_stored(container, POINTER, Pointer.from_json, **conditions)
    except HttpResponseError as error:
        if error.status_code == HTTPStatus.NOT_MODIFIED:
            raise PointerUnchanged from None
        raise


def _fetch_last_entry(container: ContainerClient) -> StoredDocument[Pointer] | None:
    from shared.registry.history import fetch_last_entry  # noqa: PLC0415 -- seldom needed

    return fetch_last_entry(container)


def _fall_back(container: ContainerClient, damage: DamagedDocumentError) -> CurrentPointer:
    entry = _fetch_last_entry(container)
    if entry is None:
        raise damage
    logger.warning("The history stands in for the pointer: %s", damage)
    return CurrentPointer(entry.value, damage.etag)


def fetch_manifest(container: ContainerClient, pointer: Pointer) -> "Manifest":
    """Fetch the manifest that the pointer names.

    Raises
    ------
    BrokenReleaseError
        When its digest is not the pointer's.
    """
    from shared.release.manifest import read_manifest  # noqa: PLC0415 -- brief answers go first

    found = read_stored(
        container,
        release_blob(pointer.version, MANIFEST),
        lambda content: read_manifest(content, pointer),
        MANIFEST_LIMIT_BYTES,
    )
    if found is None:
        raise ResourceNotFoundError(f"{pointer.version} has no {MANIFEST} in storage.")
    return found.value


def download_file(
    container: ContainerClient, manifest: "Manifest", name: str, folder: Path
) -> Path:
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
    return _download(container, manifest.version, manifest.files[name], folder / name)


@contextmanager
def fetch_file(
    container: ContainerClient, version: str, name: str, expected: FileFacts
) -> Iterator[Path]:
    """Provide one of a release's files in temporary storage; raises as `download_file` does."""
    with tempfile.TemporaryDirectory(prefix="credit-risk-release-") as folder:
        yield _download(container, version, expected, Path(folder, name))


def _download(container: ContainerClient, version: str, expected: FileFacts, path: Path) -> Path:
    _require_room(path.parent, path.name, expected.bytes)
    blob = release_blob(version, path.name)
    with path.open("wb") as file, _storage_errors(path.name):
        # Nothing that is published is compressed, and to look for that takes a copy of all of it.
        container.download_blob(blob, decompress=False).readinto(file)
    check_digest(path, expected, version)
    return path


@contextmanager
def _storage_errors(name: str) -> Iterator[None]:
    """Turn what the SDK lets through of the library below, as of a broken record of TLS."""
    try:
        yield
    except HTTPError as error:
        raise ServiceResponseError(f"{name} did not arrive whole: {error}", error=error) from error


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
