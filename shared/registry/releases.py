"""A release in storage, current or not, with its decision record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError, CreditRiskError
from shared.registry.decision_log import DecisionRecord, fetch_record
from shared.registry.published import download_file, release_blob
from shared.registry.reading import read_stored
from shared.release.decisions import Event
from shared.release.documents import MANIFEST_LIMIT_BYTES
from shared.release.facts import Verdict
from shared.release.files import MANIFEST, SERVING_TABLE
from shared.release.manifest import Manifest, read_manifest
from shared.release.pointer import Pointer
from shared.release.states import State, derive_state
from shared.release.verdicts import judge

VERSION_PATTERN = "[A-Za-z0-9][A-Za-z0-9_-]{0,79}"
"""The form of every version."""

_VERSION = re.compile(VERSION_PATTERN)


class MalformedVersionError(CreditRiskError):
    """A text that should be a version cannot be one."""

    status = 400
    title = "The version is malformed"


class UnknownReleaseError(CreditRiskError):
    """No release of this version is in storage."""

    status = 404
    title = "The release is not in storage"


class UnstoredReleaseError(BrokenReleaseError):
    """A release was not stored to the end."""


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
    record = fetch_record(container, version)
    stored = _find_stored_digest(record.events)
    if stored is None and container.get_blob_client(name).exists():
        raise UnstoredReleaseError(
            f"Expected the decision record of {version} to begin with the SHA-256 of its manifest,"
            " it does not: deliver the file again."
        )
    found = stored and read_stored(
        container, name, lambda content: _read(content, version, stored), MANIFEST_LIMIT_BYTES
    )
    if not stored or not found:
        raise UnknownReleaseError(
            f"Expected the version of a stored release; there is no {version}:"
            " see the list of releases."
        )
    return StoredRelease(found.value, stored, record)


def download_serving_table(container: ContainerClient, version: str, folder: Path) -> Path:
    """Download a release's serving table into a folder, named after the release."""
    manifest = fetch_release(container, version).manifest
    path = download_file(container, manifest, SERVING_TABLE, folder)
    return path.rename(folder / f"{version}.sqlite")


def _find_stored_digest(events: Sequence[Event]) -> str | None:
    """Find the digest of the stored manifest: what is stored after a decision changes nothing."""
    first = takewhile(lambda event: event.action == "stored", events)
    digests = [event.manifest_sha256 for event in first]
    return digests[-1] if digests else None


def _read(content: bytes, version: str, stored_sha256: str) -> Manifest:
    manifest = read_manifest(content, Pointer(version, stored_sha256))
    if manifest.version != version:
        raise BrokenReleaseError(
            f"The manifest of {version} must name its version, it names {manifest.version}:"
            " deliver the file again."
        )
    return manifest
