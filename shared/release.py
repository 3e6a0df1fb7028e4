"""The shape of a release: its files, its manifest, the pointer to the current one."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shared.errors import BrokenReleaseError

TRAINING_TABLE = "train_model.csv"
MODEL = "model_risk.joblib"
SERVING_TABLE = "serving.sqlite"
SCORER = "scorer.json"
REPORT = "report.html"
MODEL_CARD = "model_card.md"
MANIFEST = "manifest.json"
POINTER = "current.json"

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which release is current, and what its manifest must be.

    Attributes
    ----------
    version : str
        The folder of the release in its container.
    manifest_sha256 : str
        Hex digest of the manifest's bytes.
    """

    version: str
    manifest_sha256: str

    def to_json(self) -> bytes:
        """Write the pointer as it lies in storage."""
        return json.dumps(asdict(self), indent=2).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Pointer":
        """Read the pointer as it lies in storage.

        Raises
        ------
        BrokenReleaseError
            When the content is no pointer.
        """
        try:
            fields = json.loads(content)
            return cls(str(fields["version"]), str(fields["manifest_sha256"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenReleaseError(
                f"{POINTER} must hold version and manifest_sha256, it holds {content[:80]!r}:"
                " publish a release again."
            ) from error


def read_manifest(content: bytes, pointer: Pointer) -> Manifest:
    """Read the manifest that the pointer speaks of.

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
    manifest: Manifest = json.loads(content)
    return manifest


def check_file(path: Path, manifest: Manifest) -> None:
    """Hold a file of a release against the manifest's digest of it.

    Raises
    ------
    BrokenReleaseError
        When the file is another one.
    """
    expected = manifest["files"][path.name]["sha256"]
    found = file_sha256(path)
    if found != expected:
        raise BrokenReleaseError(
            f"{path.name} of {manifest['version']} must have the SHA-256 {expected},"
            f" it has {found}: publish the release again."
        )


def file_sha256(path: Path) -> str:
    """Compute the hex digest of a file, without holding it in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
