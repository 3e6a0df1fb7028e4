"""How a route describes itself, before it becomes part of the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from serving.api.fields import EXAMPLE_VERSION
from shared.registry.releases import VERSION_PATTERN

type Json = dict[str, Any]

PAGE: Final = "page"
"""The answer of a route that serves HTML."""

READ_PROBLEMS = (400, 401, 404, 405, 503)
WRITE_PROBLEMS = (400, 401, 405, 413, 415, 422, 503)


class Body(Struct, frozen=True):
    """The JSON body that an operation takes.

    Attributes
    ----------
    document : type
        The type of the body.
    example : dict
        A valid body.
    required : bool
        Whether it must be sent.
    """

    document: Any
    example: Json
    required: bool = True


class Operation(Struct, frozen=True, kw_only=True):
    """One method of one route.

    Attributes
    ----------
    method : {"get", "post"}
        HEAD is described with GET.
    path : str
        Below `/api`.
    name : str
        The operation's id.
    summary : str
        One line, without a full stop.
    answer : tuple of type, or "page"
        The documents that status 200 may carry; none for any object.
    problems : tuple of int
        The statuses of its errors. With 401 it needs a function key, with 403 an approval key too.
    parameters : tuple of dict
        In the path and the query, as OpenAPI describes them.
    body : Body or None
        The body that it takes.
    cached : bool
        Whether it sends an ETag and honours `If-None-Match`.
    descriptions : mapping of int to str
        Statuses whose description differs from the usual one.
    """

    method: Literal["get", "post"] = "get"
    path: str
    name: str
    summary: str
    answer: tuple[Any, ...] | Literal["page"]
    problems: tuple[int, ...]
    parameters: tuple[Json, ...] = ()
    body: Body | None = None
    cached: bool = False
    descriptions: Mapping[int, str] = {}


def version_parameter(name: str, place: Literal["path", "query"]) -> Json:
    """Describe a parameter that names a stored release."""
    return {
        "name": name,
        "in": place,
        "description": "Version of a stored release.",
        "required": True,
        "schema": {"type": "string", "pattern": f"^{VERSION_PATTERN}$"},
        "example": EXAMPLE_VERSION,
    }
