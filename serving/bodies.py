"""Read request bodies, and name every rule that one breaks."""

from collections.abc import Iterator
from typing import Any

import msgspec

from serving.exchange import Request
from shared.errors import (
    BodyTooLargeError,
    FieldError,
    InvalidRequestError,
    MalformedRequestError,
    MediaTypeError,
)

MAX_BODY_BYTES = 64 * 1024


def read_body[Document: msgspec.Struct](request: Request, kind: type[Document]) -> Document:
    """Read the JSON object that a request carries.

    Parameters
    ----------
    request : Request
        With a JSON body.
    kind : type
        What the body must be.

    Raises
    ------
    MediaTypeError, BodyTooLargeError, MalformedRequestError
        When it is no JSON that can be read.
    InvalidRequestError
        With all rules that it breaks.
    """
    fields = _read_object(request)
    values: dict[str, Any] = {}
    errors = list(_read_fields(fields, kind, values))
    if errors:
        raise InvalidRequestError(errors)
    return kind(**values)


def _read_object(request: Request) -> dict[str, Any]:
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise MediaTypeError(
            f"Expected Content-Type: application/json, got {media_type[:60] or 'none'}."
        )
    if len(request.body) > MAX_BODY_BYTES:
        raise BodyTooLargeError(
            f"Expected at most {MAX_BODY_BYTES:,} bytes, got {len(request.body):,}."
        )
    try:
        document = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedRequestError(f"Expected a JSON object; {error}.") from None
    if not isinstance(document, dict):
        raise InvalidRequestError([FieldError("", f"Expected an object, got {_kind(document)}")])
    return document


def _read_fields(
    fields: dict[str, Any], kind: type[msgspec.Struct], values: dict[str, Any]
) -> Iterator[FieldError]:
    """Convert field by field into `values`, so that one fault does not hide the next."""
    known = {field.name: field for field in msgspec.structs.fields(kind)}
    for name, field in known.items():
        if name not in fields:
            if field.required:
                yield FieldError(f"/{name}", _tell_missing(field.type))
            continue
        try:
            values[name] = msgspec.convert(fields[name], field.type)
        except msgspec.ValidationError as error:
            yield FieldError(f"/{name}", _tell(error, fields[name]))
    for name in fields.keys() - known.keys():
        yield FieldError(f"/{_escape(name)[:80]}", f"Expected none but {', '.join(known)}")


def _tell_missing(expected: Any) -> str:
    try:
        msgspec.convert(None, expected)
    except msgspec.ValidationError:
        return "Expected a value; it is not there"
    return "Expected a value, null where unknown; it is not there"


def _tell(error: msgspec.ValidationError, value: object) -> str:
    told = str(error)
    return told if "got" in told else f"{told}, got {msgspec.json.encode(value)[:40].decode()}"


def _kind(document: object) -> str:
    kinds = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return kinds.get(type(document), "a number")


def _escape(name: str) -> str:
    """Write a name as part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
