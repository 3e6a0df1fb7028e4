"""The shape of a release: its files, its manifest, the pointer to the current one."""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from shared.errors import BrokenReleaseError
from shared.release.decisions import Event
from shared.release.facts import ReleaseFacts

TRAINING_TABLE = "train_model.csv"
MODEL = "model_risk.joblib"
SERVING_TABLE = "serving.sqlite"
SCORER = "scorer.json"
REPORT = "report.html"
MODEL_CARD = "model_card.md"
MANIFEST = "manifest.json"
POINTER = "current.json"


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


_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which release is current, and what its manifest must be.

    Attributes
    ----------
    version : str
        The folder of the release in its container.
    manifest_sha256 : str
        Hex digest of the manifest's bytes.
    previous : tuple of Pointer
        Earlier current releases that were not rolled back from, latest first.
    moved : Event or None
        The event that made this release current; None for any other release.
    override : Event or None
        The override without which the release would not be served.
    """

    version: str
    manifest_sha256: str
    previous: tuple["Pointer", ...] = ()
    moved: Event | None = None
    override: Event | None = None

    def follow(self, current: "Pointer", moved: Event) -> "Pointer":
        """Give this release's pointer as it takes the place of the current one."""
        behind = (current, *current.previous)
        kept = [one.bare() for one in behind if one.version != self.version]
        return replace(self, previous=tuple(kept[:_REMEMBERED]), moved=moved)

    def bare(self) -> "Pointer":
        """Give the pointer without its past."""
        return replace(self, previous=(), moved=None)

    def to_json(self) -> bytes:
        """Write the pointer as it lies in storage."""
        fields: dict[str, Any] = _fields(self)
        fields["previous"] = [_fields(one) for one in self.previous]
        if self.moved:
            fields["moved"] = self.moved.to_fields()
        return json.dumps(fields, indent=2).encode()

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
            return cls(
                str(fields["version"]),
                str(fields["manifest_sha256"]),
                tuple(
                    cls(str(one["version"]), str(one["manifest_sha256"]), override=_override(one))
                    for one in fields["previous"]
                ),
                Event.from_fields(fields["moved"]),
                _override(fields),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise BrokenReleaseError(
                f"{POINTER} must hold version, manifest_sha256, previous and moved; it holds"
                f" {content[:80]!r}: publish a release again."
            ) from error


def _fields(pointer: Pointer) -> dict[str, Any]:
    named = {"version": pointer.version, "manifest_sha256": pointer.manifest_sha256}
    return named | ({"override": pointer.override.to_fields()} if pointer.override else {})


def _override(fields: dict[str, Any]) -> Event | None:
    found = fields.get("override")
    return None if found is None else Event.from_fields(found)


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
        return msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        raise BrokenReleaseError(
            f"The manifest of {pointer.version} must be one that this version of the code writes;"
            f" it is not: {error}. Publish the release again."
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
