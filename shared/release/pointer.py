"""The pointer to the current release, sealed with a digest of itself."""

import hashlib
import json
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from shared.errors import BrokenReleaseError
from shared.release.decisions import Event
from shared.release.documents import MalformedDocumentError, read_document
from shared.release.files import FileFacts
from shared.release.seal import check_seal, seal
from shared.release.source import Source

POINTER = "current.json"

_REMEMBERED = 20
_REPAIR = "python -m training repair"


class Pointer(Struct, frozen=True):
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
    number : int
        How many moves there have been, this one included; 0 where they were not counted yet.
    source : Source or None
        The upload that the release was made from; None where it was not noted yet.
    as_of : str or None
        The as-of date of the release; None where it was not noted yet.
    index : FileFacts or None
        The index of its users, with which brief answers begin before its manifest is read; None
        where it has none, or it was not noted yet.
    before_sha256 : str or None
        The digest of the pointer that this one follows; None for the first.
    sha256 : str or None
        The pointer's digest of itself, once it lies in storage.
    """

    version: str
    manifest_sha256: str
    previous: tuple["Pointer", ...] = ()
    moved: Event | None = None
    override: Event | None = None
    number: Annotated[int, Meta(ge=0)] = 0
    source: Source | None = None
    as_of: str | None = None
    index: FileFacts | None = None
    before_sha256: str | None = None
    sha256: str | None = None

    def __hash__(self) -> int:
        """Hash what tells two releases apart."""
        return hash((self.version, self.manifest_sha256))

    def __eq__(self, other: object) -> bool:
        """Whether two pointers say the same: one that is not stored yet has no digest."""
        if not isinstance(other, Pointer):
            return NotImplemented
        return all(
            getattr(self, name) == getattr(other, name)
            for name in self.__struct_fields__
            if name != "sha256"
        )

    def follow(
        self, current: "Pointer | None", moved: Event, number: int | None = None
    ) -> "Pointer":
        """Give this release's pointer as it takes the place of the current one."""
        behind = (current, *current.previous) if current else ()
        kept = [one.bare() for one in behind if one.version != self.version]
        pointer = self.succeed(current, moved, tuple(kept[:_REMEMBERED]))
        return pointer if number is None else replace(pointer, number=number)

    def succeed(
        self, current: "Pointer | None", moved: Event, previous: tuple["Pointer", ...]
    ) -> "Pointer":
        """Give this release's pointer as the next one, with what can be gone back to."""
        return replace(
            self,
            previous=previous,
            moved=moved,
            number=current.number + 1 if current else 1,
            before_sha256=current.sha256 if current else None,
            sha256=None,
        )

    def bare(self) -> "Pointer":
        """Give the pointer without its past."""
        return Pointer(
            self.version,
            self.manifest_sha256,
            override=self.override,
            source=self.source,
            as_of=self.as_of,
            index=self.index,
        )

    def to_json(self) -> bytes:
        """Write the pointer as it lies in storage."""
        fields: dict[str, Any] = _fields(self)
        fields["previous"] = [_fields(one) for one in self.previous]
        if self.moved:
            fields["moved"] = self.moved.to_fields()
        if not self.number:
            return json.dumps(fields, indent=2).encode()
        return seal({"number": self.number, **fields, "before_sha256": self.before_sha256})

    @classmethod
    def from_json(cls, content: bytes, name: str = POINTER) -> "Pointer":
        """Read a pointer as it lies in storage, under a name.

        Raises
        ------
        BrokenReleaseError
            When the content is no pointer, or its digest is not that of its content.

        Notes
        -----
        A pointer without a number is older than the digest and is read without one.
        """
        try:
            return _read(content)
        except MalformedDocumentError as error:
            raise BrokenReleaseError(
                f"{name} must hold version, manifest_sha256, previous and moved, sealed with their"
                f" digest. {error} Repair it with `{_REPAIR}`."
            ) from error


def _read(content: bytes) -> Pointer:
    found = read_document(content, Pointer)
    if found.moved is None:
        raise MalformedDocumentError(f"moved is missing; it holds {content[:80]!r}.")
    is_sealed = found.number or found.sha256 or found.before_sha256
    digest = check_seal(content) if is_sealed else hashlib.sha256(content).hexdigest()
    return replace(found, sha256=digest)


def _fields(pointer: Pointer) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "version": pointer.version,
        "manifest_sha256": pointer.manifest_sha256,
    }
    if pointer.override:
        fields["override"] = pointer.override.to_fields()
    if pointer.source:
        fields["source"] = {
            name: pointer.source[name]
            for name in ("name", "etag", "last_modified", "sha256")
            if name in pointer.source
        }
    if pointer.as_of:
        fields["as_of"] = pointer.as_of
    if pointer.index:
        fields["index"] = asdict(pointer.index)
    return fields
