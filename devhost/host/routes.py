"""Which function a method and a path mean, by the Functions host's rules."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from devhost.errors import IndexingError
from devhost.host.constraints import Constraint
from devhost.host.functions import Function
from devhost.host.route_templates import Parameter, Segment, parse_template


class Match(NamedTuple):
    """The function that a request is for, and the values in its route."""

    function: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """A function's address.

    Attributes
    ----------
    function : str
        The function's name.
    template : str
        The route with its prefix, such as `api/user/{id:int}`.
    methods : frozenset of str
        In capitals; empty for all.
    pattern : re.Pattern of str
        Matches whole paths, one group for each of `parameters`.
    parameters : tuple of (str, Constraint)
        Their names, and the test that a value must pass.
    precedence : tuple of int
        The smallest is tried first.
    """

    function: str
    template: str
    methods: frozenset[str]
    pattern: re.Pattern[str]
    parameters: tuple[tuple[str, Constraint], ...]
    precedence: tuple[int, ...]

    def read_parameters(self, found: re.Match[str]) -> dict[str, str] | None:
        """Read the parameters of a path that fits the pattern, None where a value does not."""
        values = {}
        for (name, holds), value in zip(self.parameters, found.groups(), strict=True):
            if not value:
                continue
            if not holds(value):
                return None
            values[name] = value
        return values


def make_route(function: Function, prefix: str) -> Route:
    """Read an HTTP function's route.

    Parameters
    ----------
    function : Function
        With an `httpTrigger`.
    prefix : str
        From host.json, without slashes around it, empty for none.

    Raises
    ------
    IndexingError
        When the route cannot be read.

    Notes
    -----
    An empty route means the function's name: the host cannot serve an empty one. What can be told
    by `{nothing:maxlength(0)?}` can be served.
    """
    # None, a missing and an empty route are one to the host.
    own = function.trigger.get("route") or function.name
    template = "/".join(part for part in (prefix, own.strip("/")) if part)
    try:
        segments = parse_template(template)
    except IndexingError as error:
        raise IndexingError(f"Function '{function.name}', route '{own}': {error}") from None
    parameters = [part for segment in segments for part in segment if isinstance(part, Parameter)]
    return Route(
        function.name,
        template,
        frozenset(method.upper() for method in function.trigger.get("methods") or ()),
        re.compile(_pattern(segments), re.IGNORECASE | re.DOTALL),
        tuple((parameter.name, parameter.accepts) for parameter in parameters),
        tuple(map(_precedence, segments)),
    )


class Router:
    """All routes, the more literal ones first.

    Parameters
    ----------
    routes : iterable of Route
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = sorted(routes, key=lambda route: (route.precedence, route.template.lower()))

    def find(self, method: str, path: str) -> Match | None:
        """Find the function for a request, None where there is none.

        A route with another method does not match at all: the host knows no 405, and answers HEAD
        only where a route names it.
        """
        for route in self.routes:
            if route.methods and method not in route.methods:
                continue
            found = route.pattern.fullmatch(path)
            params = route.read_parameters(found) if found else None
            if params is not None:
                return Match(route.function, params)
        return None


def decode_path(raw_path: bytes) -> str:
    """Undo percent-encoding as the host's server does: everything but an encoded slash."""
    path = raw_path.decode("ascii", "replace")
    if "%" not in path:
        return path
    return unquote(re.sub("%(2f)", r"%25\1", path, flags=re.IGNORECASE))


def _pattern(segments: list[Segment]) -> str:
    pattern = "/?"
    may_miss = True
    # From the end, as only what nothing follows can be missing.
    for segment in reversed(segments):
        first = segment[0]
        own = "/" + "".join(map(_part_pattern, segment))
        may_miss &= isinstance(first, Parameter) and (first.optional or first.takes_rest)
        pattern = f"(?:{own})?{pattern}" if may_miss else own + pattern
    return pattern


def _part_pattern(part: str | Parameter) -> str:
    if isinstance(part, str):
        return re.escape(part)
    return "(.*)" if part.takes_rest else "([^/]+)"


def _precedence(segment: Segment) -> int:
    # The host's own order: literal, mixed or constrained, free, constrained rest, free rest.
    if len(segment) > 1:
        return 1
    part = segment[0]
    if isinstance(part, str):
        return 0
    return (4 if part.takes_rest else 2) - part.constrained
