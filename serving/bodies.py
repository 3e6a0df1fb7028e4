"""Read request bodies, and report every rule that one breaks."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import msgspec.inspect

from serving.api.problems import MAX_BODY_BYTES
from serving.dispatch import Request
from serving.errors import (
    BodyTooLargeError,
    InvalidRequestError,
    MalformedRequestError,
    MediaTypeError,
)
from shared.errors import FieldError

_SHOWN_BYTES = 40
# Takes in every string, whether or not it ends, and so reads each byte once.
_STRING = re.compile(rb'"((?:[^"\\]|\\.)*+)(?:"(\s*+:)?)?', re.DOTALL)
_PLACE = re.compile(r"\(byte (\d+)\)")


def read_body[Document: msgspec.Struct](request: Request, kind: type[Document]) -> Document:
    """Read the JSON object in the body of a request.

    Parameters
    ----------
    request : Request
        The request.
    kind : type
        The document that the body must be.

    Raises
    ------
    MediaTypeError, BodyTooLargeError, MalformedRequestError
        When the body is not readable JSON.
    InvalidRequestError
        With every rule that the body breaks.
    """
    fields = _read_object(request)
    values: dict[str, Any] = {}
    errors = list(_read_fields(fields, kind, values))
    if errors:
        raise InvalidRequestError(errors)
    return kind(**values)


def _read_object(request: Request) -> dict[str, msgspec.Raw]:
    """Split an object into raw fields, so that one bad field does not hide the others."""
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise MediaTypeError(
            f"Expected Content-Type: application/json, got {media_type[:60] or 'none'}."
        )
    if len(request.body) > MAX_BODY_BYTES:
        raise BodyTooLargeError(
            f"Expected at most {MAX_BODY_BYTES:,} bytes, got {len(request.body):,}."
        )
    if not request.body.strip():
        raise MalformedRequestError("Expected a JSON object, got an empty body.")
    try:
        return msgspec.json.decode(request.body, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        raise InvalidRequestError(
            [FieldError("", f"Expected an object, got {_show(request.body.strip())}")]
        ) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _explain_malformed(request.body, error) from None


def _explain_malformed(body: bytes, error: Exception) -> MalformedRequestError:
    """Name the field at which the JSON breaks off, such as a NaN or deep nesting."""
    place = _PLACE.search(str(error))
    if isinstance(error, RecursionError):
        keys, what = _find_keys(body)[:1], "nested too deeply"
    else:
        keys, what = _find_keys(body[: int(place[1])] if place else body)[-1:], str(error)
    key = keys[0] if keys else None
    if key is None:
        return MalformedRequestError(f"Expected a JSON object; {what}.")
    field = f"/{_escape(key.decode(errors='replace'))[:80]}"
    malformed = MalformedRequestError(f"Expected a JSON object; at {field}: {what}.")
    malformed.errors = [FieldError(field, f"Expected a JSON value; {what}")]
    return malformed


def _find_keys(body: bytes) -> list[bytes]:
    return [found[1] for found in _STRING.finditer(body) if found[2]]


def _read_fields(
    fields: dict[str, msgspec.Raw], kind: type[msgspec.Struct], values: dict[str, Any]
) -> Iterator[FieldError]:
    """Convert each field into `values`, and yield an error for each that is invalid."""
    known = {field.name: field for field in msgspec.structs.fields(kind)}
    for name, field in known.items():
        expected = field.type
        if name not in fields:
            if field.required:
                yield FieldError(f"/{name}", f"Expected {_describe(expected)}; it is missing")
            continue
        try:
            values[name] = msgspec.json.decode(fields[name], type=expected)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            got = _show(bytes(fields[name]))
            yield FieldError(f"/{name}", f"Expected {_describe(expected)}, got {got}")
    for name in fields.keys() - known.keys():
        yield FieldError(f"/{_escape(name)[:80]}", f"Expected only {', '.join(known)}")


def _describe(kind: Any) -> str:
    """Describe the values that a type accepts."""
    info = msgspec.inspect.type_info(kind)
    if isinstance(info, msgspec.inspect.Metadata):
        info = info.type
    choices = info.types if isinstance(info, msgspec.inspect.UnionType) else (info,)
    return " or ".join(_describe_one(choice) for choice in choices)


def _describe_one(info: msgspec.inspect.Type) -> str:
    if isinstance(info, msgspec.inspect.Metadata):
        return _describe_one(info.type)
    if isinstance(info, msgspec.inspect.FloatType):
        number = "a whole number" if info.multiple_of else "a number"
        least = f"from {info.ge:g}" if info.ge is not None else f"above {info.gt:g}"
        return f"{number} {least} to {info.le:,g}"
    if isinstance(info, msgspec.inspect.ListType):
        return f"an array of {info.min_length} to {info.max_length:,} user ids"
    if isinstance(info, msgspec.inspect.StrType):
        return f"a string of {info.min_length or 0} to {info.max_length:,} characters"
    return "true or false" if isinstance(info, msgspec.inspect.BoolType) else "null"


def _show(value: bytes) -> str:
    kinds = {b"[": "an array", b"{": "an object", b'"': "a string"}
    if value[:1] in kinds and (len(value) > _SHOWN_BYTES or value[:1] != b'"'):
        return f"{kinds[value[:1]]} of {len(value):,} bytes"
    shown = value[:_SHOWN_BYTES].decode(errors="replace")
    return shown if len(value) <= _SHOWN_BYTES else f"{shown}..."


def _escape(name: str) -> str:
    """Write a name as part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
