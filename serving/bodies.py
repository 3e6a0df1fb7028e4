"""Read request bodies, and name every rule that one breaks."""

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
_KEY = re.compile(rb'"((?:[^"\\]|\\.)*)"\s*:')
_PLACE = re.compile(r"\(byte (\d+)\)")


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


def _read_object(request: Request) -> dict[str, msgspec.Raw]:
    """Read an object's fields, each still as it came: one that is amiss does not hide the next."""
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
    """Name the field at which JSON ends to be JSON, such as a NaN or a very deep nest."""
    if isinstance(error, RecursionError):
        key, what = _KEY.search(body), "nested too deep"
    else:
        place = _PLACE.search(str(error))
        keys = list(_KEY.finditer(body, 0, int(place[1]) if place else len(body)))
        key, what = keys[-1] if keys else None, str(error)
    if key is None:
        return MalformedRequestError(f"Expected a JSON object; {what}.")
    field = f"/{_escape(key[1].decode(errors='replace'))[:80]}"
    told = MalformedRequestError(f"Expected a JSON object; at {field}: {what}.")
    told.errors = [FieldError(field, f"Expected a value of JSON; {what}")]
    return told


def _read_fields(
    fields: dict[str, msgspec.Raw], kind: type[msgspec.Struct], values: dict[str, Any]
) -> Iterator[FieldError]:
    """Convert field by field into `values`, so that one fault does not hide the next."""
    known = {field.name: field for field in msgspec.structs.fields(kind)}
    for name, field in known.items():
        expected = field.type
        if name not in fields:
            if field.required:
                yield FieldError(f"/{name}", f"Expected {_expect(expected)}; it is not there")
            continue
        try:
            values[name] = msgspec.json.decode(fields[name], type=expected)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            got = _show(bytes(fields[name]))
            yield FieldError(f"/{name}", f"Expected {_expect(expected)}, got {got}")
    for name in fields.keys() - known.keys():
        yield FieldError(f"/{_escape(name)[:80]}", f"Expected none but {', '.join(known)}")


def _expect(kind: Any) -> str:
    """Say in words what a field takes, as its type does."""
    told = msgspec.inspect.type_info(kind)
    if isinstance(told, msgspec.inspect.Metadata):
        told = told.type
    choices = told.types if isinstance(told, msgspec.inspect.UnionType) else (told,)
    return " or ".join(_expect_one(choice) for choice in choices)


def _expect_one(told: msgspec.inspect.Type) -> str:
    if isinstance(told, msgspec.inspect.Metadata):
        return _expect_one(told.type)
    if isinstance(told, msgspec.inspect.FloatType):
        number = "a whole number" if told.multiple_of else "a number"
        least = f"from {told.ge:g}" if told.ge is not None else f"above {told.gt:g}"
        return f"{number} {least} to {told.le:,g}"
    if isinstance(told, msgspec.inspect.ListType):
        return f"an array of {told.min_length} to {told.max_length:,} user ids"
    if isinstance(told, msgspec.inspect.StrType):
        return f"a text of {told.min_length or 0} to {told.max_length:,} characters"
    return "null"


def _show(value: bytes) -> str:
    kinds = {b"[": "an array", b"{": "an object", b'"': "a text"}
    if value[:1] in kinds and (len(value) > _SHOWN_BYTES or value[:1] != b'"'):
        return f"{kinds[value[:1]]} of {len(value):,} bytes"
    shown = value[:_SHOWN_BYTES].decode(errors="replace")
    return shown if len(value) <= _SHOWN_BYTES else f"{shown}..."


def _escape(name: str) -> str:
    """Write a name as part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
