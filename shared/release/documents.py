"""Typed, bounded readers of the JSON documents that lie in storage."""

import msgspec

from shared.errors import CreditRiskError

CONTROL_LIMIT_BYTES = 4 * 1024 * 1024
"""The largest pointer or decision record that is read."""

MANIFEST_LIMIT_BYTES = 64 * 1024 * 1024
"""The largest manifest that is read."""

_SHOWN_BYTES = 80


class MalformedDocumentError(CreditRiskError):
    """A document in storage is not of its kind."""

    title = "A document in storage is damaged"


def read_document[Document](
    content: bytes, kind: type[Document], limit_bytes: int = CONTROL_LIMIT_BYTES
) -> Document:
    """Read a JSON document as a type.

    Parameters
    ----------
    content : bytes
        As it lies in storage; nothing is assumed about it.
    kind : type
        What it must be.
    limit_bytes : int
        Its largest size.

    Raises
    ------
    MalformedDocumentError
        When it is larger, no JSON, nested too deeply or of another kind.
    """
    if len(content) > limit_bytes:
        raise MalformedDocumentError(
            f"Expected at most {limit_bytes:,} bytes, got {len(content):,}."
        )
    try:
        return msgspec.json.decode(content, type=kind)
    except RecursionError:
        raise MalformedDocumentError("Expected a flat document, it is nested too deeply.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedDocumentError(f"{error}; it holds {content[:_SHOWN_BYTES]!r}.") from error
