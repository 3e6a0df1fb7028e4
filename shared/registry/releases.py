"""The releases that lie in storage, current or not, with what was decided about each."""

import hashlib
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
from shared.release.decisions import State, Verdict, judge, tell_state
from shared.release.manifest import MANIFEST, SERVING_TABLE, Manifest, Pointer, read_manifest

LISTED = 100
"""The most releases that a list holds, latest first."""

VERSION_PATTERN = "[A-Za-z0-9][A-Za-z0-9_-]{0,79}"
"""What every version looks like."""

_VERSION = re.compile(VERSION_PATTERN)
_FETCHES_AT_ONCE = 8
_NO_RELEASES = ("runs", "output", "train_models", "decisions")

logger = logging.getLogger(__name__)


class MalformedVersionError(CreditRiskError):
    """What names a release cannot be a version."""

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
        Its own.
    manifest_sha256 : str
        Hex digest of the manifest's bytes as they lie there.
    record : DecisionRecord
        What was decided about it.
    """

    manifest: Manifest
    manifest_sha256: str
    record: DecisionRecord

    @property
    def version(self) -> str:
        """The folder of the release in its container."""
        return str(self.manifest["version"])

    @property
    def verdict(self) -> Verdict:
        """Of its gates."""
        return judge(self.manifest)

    def state(self, current: str | None) -> State:
        """Tell what state it is in, given the version of the current release."""
        if self.version == current:
            return "current"
        return tell_state(self.record.events, self.verdict)


def check_version(version: str) -> str:
    """Check that a text can be a version.

    Raises
    ------
    MalformedVersionError
        When it cannot.
    """
    if not _VERSION.fullmatch(version):
        raise MalformedVersionError(
            "A version has up to 80 letters, digits, - and _, such as"
            f" 20261123T060201Z-0a1b2c3d4e5f; this one is {version[:90]!r}."
        )
    return version


def fetch_release(container: ContainerClient, version: str) -> StoredRelease:
    """Fetch a release's manifest and decision record.

    Raises
    ------
    MalformedVersionError
        When it can be no version.
    UnknownReleaseError
        When there is no such release.
    BrokenReleaseError
        When the manifest is not the one that was stored, or the record cannot be read.
    """
    name = release_blob(check_version(version), MANIFEST)
    try:
        content = container.download_blob(name).readall()
    except ResourceNotFoundError:
        raise UnknownReleaseError(
            f"Expected the version of a stored release; there is no {version}:"
            " the list of releases tells which there are."
        ) from None
    record = fetch_record(container, version)
    found = hashlib.sha256(content).hexdigest()
    stored = [event.manifest_sha256 for event in record.events if event.manifest_sha256]
    manifest = _read(content, Pointer(version, stored[-1] if stored else found))
    return StoredRelease(manifest, found, record)


def list_releases(container: ContainerClient) -> tuple[str | None, list[StoredRelease]]:
    """List the latest releases in storage.

    Returns
    -------
    tuple of str or None, and list of StoredRelease
        The version of the current release; up to `LISTED` releases, latest first. What is no
        whole release, or cannot be read, is left out.
    """
    current = fetch_pointer(container)
    try:
        names = sorted(_find_versions(container), reverse=True)
    except ResourceNotFoundError:
        names = []
    with ThreadPoolExecutor(_FETCHES_AT_ONCE) as pool:
        found = list(pool.map(lambda name: _fetch_if_sound(container, name), names[:LISTED]))
    return current.pointer.version if current else None, [one for one in found if one]


def download_serving_table(container: ContainerClient, version: str, folder: Path) -> Path:
    """Download the table of all users' scores of a release, under the release's name."""
    manifest = fetch_release(container, version).manifest
    path = download_file(container, manifest, SERVING_TABLE, folder)
    return path.rename(folder / f"{version}.sqlite")


def _find_versions(container: ContainerClient) -> Iterator[str]:
    for found in container.walk_blobs(delimiter="/"):
        name = found.name.rstrip("/")
        is_release = name not in _NO_RELEASES and _VERSION.fullmatch(name)
        if isinstance(found, BlobPrefix) and is_release:
            yield name


def _fetch_if_sound(container: ContainerClient, version: str) -> StoredRelease | None:
    try:
        return fetch_release(container, version)
    except CreditRiskError as error:
        logger.warning("%s is left out of the list: %s", version, error)
        return None


def _read(content: bytes, pointer: Pointer) -> Manifest:
    try:
        manifest = read_manifest(content, pointer)
        named = manifest["version"]
    except (ValueError, KeyError, TypeError):
        named = None
    if named != pointer.version:
        raise BrokenReleaseError(
            f"The manifest of {pointer.version} must name its version, it holds {content[:80]!r}:"
            " deliver the file again."
        )
    return manifest
