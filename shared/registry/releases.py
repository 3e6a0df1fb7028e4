"""The releases in storage, current or not, each with its decision record."""

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobPrefix, ContainerClient

from shared.errors import BrokenReleaseError, CreditRiskError
from shared.registry.decision_log import DecisionRecord, fetch_record
from shared.registry.published import download_file, fetch_pointer, release_blob
from shared.release.decisions import judge
from shared.release.facts import Verdict
from shared.release.manifest import MANIFEST, SERVING_TABLE, Manifest, Pointer, read_manifest
from shared.release.states import State, derive_state

LISTED = 100
"""The maximum length of a list of releases."""

VERSION_PATTERN = "[A-Za-z0-9][A-Za-z0-9_-]{0,79}"
"""The form of every version."""

_VERSION = re.compile(VERSION_PATTERN)
_MAX_CONCURRENT_FETCHES = 8
OTHER_FOLDERS = ("runs", "output", "train_models", "decisions", "raw")

logger = logging.getLogger(__name__)


class MalformedVersionError(CreditRiskError):
    """A text that should be a version cannot be one."""

    status = 400
    title = "The version is malformed"


class UnknownReleaseError(CreditRiskError):
    """No release of this version is in storage."""

    status = 404
    title = "The release is not in storage"


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A release in storage.

    Attributes
    ----------
    manifest : dict
        Its manifest.
    manifest_sha256 : str
        Hex digest of the manifest's bytes.
    record : DecisionRecord
        The decisions about it; begins with "stored".
    """

    manifest: Manifest
    manifest_sha256: str
    record: DecisionRecord

    @property
    def version(self) -> str:
        """The release's folder in the container."""
        return self.manifest.version

    @property
    def verdict(self) -> Verdict:
        """The verdict of its gates."""
        return judge(self.manifest)

    def state(self, current: str | None) -> State:
        """Return the release's state, given the version of the current release."""
        if self.version == current:
            return "current"
        return derive_state(self.record.events, self.verdict)


def check_version(version: str) -> str:
    """Return the version if it is well-formed.

    Raises
    ------
    MalformedVersionError
        When it is malformed.
    """
    if not _VERSION.fullmatch(version):
        raise MalformedVersionError(
            "Expected a version of up to 80 letters, digits, - and _, such as"
            f" 20261123T060201Z-0a1b2c3d4e5f; got {version[:90]!r}."
        )
    return version


def fetch_release(container: ContainerClient, version: str) -> StoredRelease:
    """Fetch a release's manifest and decision record.

    Raises
    ------
    MalformedVersionError
        When the version is malformed.
    UnknownReleaseError
        When no such release is in storage.
    BrokenReleaseError
        When the release was not stored completely, its manifest is not the one that was stored,
        or its record cannot be read.
    """
    name = release_blob(check_version(version), MANIFEST)
    try:
        content = container.download_blob(name).readall()
    except ResourceNotFoundError:
        raise UnknownReleaseError(
            f"Expected the version of a stored release; there is no {version}:"
            " see the list of releases."
        ) from None
    record = fetch_record(container, version)
    stored = [event.manifest_sha256 for event in record.events if event.manifest_sha256]
    if not stored:
        raise BrokenReleaseError(
            f"Expected the decision record of {version} to name its manifest's SHA-256, it does"
            " not: deliver the file again."
        )
    manifest = _read(content, Pointer(version, stored[-1]))
    return StoredRelease(manifest, stored[-1], record)


def list_releases(container: ContainerClient) -> tuple[str | None, list[StoredRelease]]:
    """List the latest releases in storage.

    Returns
    -------
    tuple of str or None, and list of StoredRelease
        The version of the current release; up to `LISTED` releases, latest first. Incomplete
        and unreadable releases are left out.
    """
    current = fetch_pointer(container)
    try:
        names = sorted(_find_versions(container), reverse=True)
    except ResourceNotFoundError:
        names = []
    with ThreadPoolExecutor(_MAX_CONCURRENT_FETCHES) as pool:
        found = list(pool.map(lambda name: _fetch_if_readable(container, name), names[:LISTED]))
    return current.pointer.version if current else None, [one for one in found if one]


def download_serving_table(container: ContainerClient, version: str, folder: Path) -> Path:
    """Download a release's serving table into a folder, named after the release."""
    manifest = fetch_release(container, version).manifest
    path = download_file(container, manifest, SERVING_TABLE, folder)
    return path.rename(folder / f"{version}.sqlite")


def _find_versions(container: ContainerClient) -> Iterator[str]:
    for found in container.walk_blobs(delimiter="/"):
        name = found.name.rstrip("/")
        is_version = name not in OTHER_FOLDERS and _VERSION.fullmatch(name)
        if isinstance(found, BlobPrefix) and is_version:
            yield name


def _fetch_if_readable(container: ContainerClient, version: str) -> StoredRelease | None:
    try:
        return fetch_release(container, version)
    except CreditRiskError as error:
        logger.warning("%s is omitted from the list: %s", version, error)
        return None


def _read(content: bytes, pointer: Pointer) -> Manifest:
    try:
        manifest = read_manifest(content, pointer)
        named = manifest.version
    except (ValueError, KeyError, TypeError):
        named = None
    if named != pointer.version:
        raise BrokenReleaseError(
            f"The manifest of {pointer.version} must name its version, it holds {content[:80]!r}:"
            " deliver the file again."
        )
    return manifest
