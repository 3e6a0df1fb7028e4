"""A document's digest of itself, by which any changed byte is noticed."""

import hashlib
import json
import re
from typing import Any

from shared.release.documents import MalformedDocumentError

_SEAL = re.compile(rb',\n  "sha256": "([0-9a-f]{64})"\n\}\Z')


def seal(fields: dict[str, Any]) -> bytes:
    """Write a document with the digest of all that precedes it as its last field."""
    content = json.dumps(fields, indent=2).encode()
    digest = hashlib.sha256(content).hexdigest()
    return content[: -len(b"\n}")] + f',\n  "sha256": "{digest}"\n}}'.encode()


def check_seal(content: bytes) -> str:
    """Return a document's digest of itself.

    Raises
    ------
    MalformedDocumentError
        When it has none, or that of something else.
    """
    found = _SEAL.search(content)
    if found is None:
        raise MalformedDocumentError("Expected sha256 as the last field, there is none.")
    digest = hashlib.sha256(content[: found.start()] + b"\n}").hexdigest()
    if digest != found[1].decode():
        raise MalformedDocumentError(
            f"Expected the SHA-256 {found[1].decode()}, as its last field says; got {digest}."
        )
    return digest
