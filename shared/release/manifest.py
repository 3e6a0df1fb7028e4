"""The manifest of a release."""

import hashlib
from pathlib import Path

import msgspec

from shared.errors import BrokenReleaseError
from shared.release.documents import (
    MANIFEST_LIMIT_BYTES,
    MalformedDocumentError,
    read_document,
)
from shared.release.facts import ReleaseFacts
from shared.release.files import MANIFEST, FileFacts, check_digest
from shared.release.pointer import Pointer


class Manifest(ReleaseFacts, frozen=True, kw_only=True):
    """What a release is, and the digest of each of its files."""

    version: str
    created: str
    files: dict[str, FileFacts]

    def to_json(self) -> bytes:
        """Write the manifest as it lies in the release, its name first."""
        fields = msgspec.structs.asdict(self)
        named = {name: fields[name] for name in ("version", "created")}
        return msgspec.json.format(msgspec.json.encode({**named, **fields}), indent=2) + b"\n"


def load_manifest(directory: Path) -> Manifest:
    """Load the manifest of a local release directory, without checking a digest."""
    return msgspec.json.decode((directory / MANIFEST).read_bytes(), type=Manifest)


def read_manifest(content: bytes, pointer: Pointer) -> Manifest:
    """Read the manifest that a pointer names.

    Raises
    ------
    BrokenReleaseError
        When it is another one.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != pointer.manifest_sha256:
        raise BrokenReleaseError(
            f"The manifest of {pointer.version} must have the SHA-256 {pointer.manifest_sha256},"
            f" it has {found}: publish the release again."
        )
    try:
        return read_document(content, Manifest, MANIFEST_LIMIT_BYTES)
    except MalformedDocumentError as error:
        raise BrokenReleaseError(
            f"The manifest of {pointer.version} must be one that this version of the code writes;"
            f" it is not: {error} Publish the release again."
        ) from error


def check_file(path: Path, manifest: Manifest) -> None:
    """Hold a file of a release against its manifest; raises as `check_digest` does."""
    check_digest(path, manifest.files[path.name], manifest.version)
