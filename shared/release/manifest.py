"""The shape of a release: its files and its manifest."""

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct

from shared.errors import BrokenReleaseError
from shared.release.documents import (
    MANIFEST_LIMIT_BYTES,
    MalformedDocumentError,
    read_document,
)
from shared.release.facts import ReleaseFacts
from shared.release.pointer import Pointer

TRAINING_TABLE = "train_model.csv"
MODEL = "model_risk.joblib"
SERVING_TABLE = "serving.sqlite"
USER_INDEX = "users.bin"
SCORER = "scorer.json"
REPORT = "report.html"
MODEL_CARD = "model_card.md"
MANIFEST = "manifest.json"


class FileFacts(Struct, frozen=True):
    """One of a release's files."""

    sha256: str
    bytes: int


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
    """Hold a file of a release against the manifest's digest of it.

    Raises
    ------
    BrokenReleaseError
        When the file is another one.
    """
    expected = manifest.files[path.name].sha256
    found = file_sha256(path)
    if found != expected:
        raise BrokenReleaseError(
            f"{path.name} of {manifest.version} must have the SHA-256 {expected},"
            f" it has {found}: publish the release again."
        )


def file_sha256(path: Path) -> str:
    """Compute the hex digest of a file, without holding it in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
