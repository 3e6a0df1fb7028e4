"""A document's digest of itself, by which any changed byte is noticed."""

import hashlib
import json
from typing import Any

from shared.release.documents import MalformedDocumentError

_SEAL = b',\n  "sha256": "'
_END = b'"\n}'


def seal(fields: dict[str, Any]) -> bytes:
    """Write a document with the digest of all that precedes it as its last field."""
    content = json.dumps(fields, indent=2).encode()
    digest = hashlib.sha256(content).hexdigest()
    return content[: -len(b"\n}")] + _SEAL + digest.encode() + _END


def check_seal(content: bytes) -> str:
    """Return a document's digest of itself.

    Raises
    ------
    MalformedDocumentError
        When it has none, or that of something else.
    """
    sealed, field, last = content.rpartition(_SEAL)
    if not field or not last.endswith(_END):
        raise MalformedDocumentError("Expected sha256 as the last field, there is none.")
    told = last.removesuffix(_END)
    digest = hashlib.sha256(sealed + b"\n}").hexdigest()
    if told != digest.encode():
        shown = told[:64].decode(errors="replace")
        raise MalformedDocumentError(
            f"Expected the SHA-256 {shown!r}, as its last field says; got {digest}."
        )
    return digest
