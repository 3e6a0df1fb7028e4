"""Which function serves a method and a path, by the rules of the Functions host."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, override
from urllib.parse import unquote

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter, Map, MapAdapter, Rule, ValidationError

from devhost.errors import IndexingError
from devhost.host.functions import Function

_LITERAL = re.compile(r"[\w.~-]+")
_PARAMETER = re.compile(r"\{([A-Za-z_]\w*)(:int)?\}", re.ASCII)
# Always missing: this is how a function app gets the prefix itself as a route.
_ALWAYS_EMPTY = re.compile(r"\{\w+:maxlength\(0\)\?\}")


class Match(NamedTuple):
    """The function that serves a request, and the parameters in its path."""

    function: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """A function's route.

    Attributes
    ----------
    function : str
        The function's name.
    template : str
        The route with its prefix, such as `api/user/{id:int}`.
    methods : frozenset of str
        In capitals; empty for all.
    rule : str
        The template in Werkzeug's notation and in lower case, such as `/api/user/<int32:p3>`.
    params : tuple of (str, int)
        Each parameter's name and the position of its segment in a path.
    """

    function: str
    template: str
    methods: frozenset[str]
    rule: str
    params: tuple[tuple[str, int], ...]


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
        When this host does not support the route.

    Notes
    -----
    An empty route stands for the function's name, as in the real host. The route
    `{ignored:maxlength(0)?}` serves the prefix itself.
    """
    own = function.trigger.get("route") or function.name
    template = "/".join(part for part in (prefix, own.strip("/")) if part)
    segments = template.split("/")
    if _ALWAYS_EMPTY.fullmatch(segments[-1]):
        segments.pop()
    rule, params = "", []
    for position, segment in enumerate(segments, start=1):
        parameter = _PARAMETER.fullmatch(segment)
        if parameter:
            params.append((parameter[1], position))
            rule += f"/<{'int32' if parameter[2] else 'string'}:p{position}>"
        elif _LITERAL.fullmatch(segment):
            rule += f"/{segment.lower()}"
        else:
            raise IndexingError(
                f"Function '{function.name}', route '{own}': this development host does not support"
                f" the segment '{segment}'. It supports literals, {{name}} and {{name:int}}."
            )
    if len({name.lower() for name, _ in params}) < len(params):
        raise IndexingError(f"Function '{function.name}', route '{own}': a parameter occurs twice.")
    methods = frozenset(method.upper() for method in function.trigger.get("methods") or ())
    return Route(function.name, template, methods, rule or "/", tuple(params))


class Router:
    """The routes of an app, the more specific ones first.

    Parameters
    ----------
    routes : iterable of Route
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        # By number of slashes: no parameter takes more than one segment.
        self._routes: dict[int, list[Route]] = {}
        for route in sorted(routes, key=lambda route: route.template.lower()):
            self._routes.setdefault(route.rule.rstrip("/").count("/"), []).append(route)
        self._urls: dict[int, MapAdapter] = {}

    def find(self, method: str, path: str) -> Match | None:
        """Find the function for a request, None if there is none.

        Notes
        -----
        A route with another method does not match at all: the real host never answers 405, and
        serves HEAD only where a route registers it.
        """
        # Werkzeug would ignore all but one of these slashes.
        if path.startswith("//"):
            return None
        slashes = path.removesuffix("/").count("/")
        if slashes not in self._routes:
            return None
        if slashes not in self._urls:
            # Not at the start: rules are slow to make.
            self._urls[slashes] = _make_urls(self._routes[slashes])
        try:
            # The real host ignores the case of literals; parameters keep theirs.
            route, _ = self._urls[slashes].match(path.lower(), method)
        except (NotFound, MethodNotAllowed):
            return None
        segments = path.split("/")
        return Match(route.function, {name: segments[position] for name, position in route.params})


def decode_path(raw_path: bytes) -> str:
    """Decode percent-encoding as the real host's server does: everything but an encoded slash."""
    path = raw_path.decode("ascii", "replace")
    if "%" not in path:
        return path
    return unquote(re.sub("%(2f)", r"%25\1", path, flags=re.IGNORECASE))


class _Int32Converter(BaseConverter):
    regex = "[+-]?[0-9]{1,10}"
    # Before a parameter without a constraint.
    weight = 50

    @override
    def to_python(self, value: str) -> int:
        number = int(value)
        if not -(2**31) <= number < 2**31:
            raise ValidationError
        return number


class _Rule(Rule):
    @override
    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        # Nobody builds URLs here, and Werkzeug compiles code for that, twice for each route.
        return _build_nothing


def _build_nothing(_: Rule) -> tuple[str, str]:
    raise NotImplementedError


def _make_urls(routes: Iterable[Route]) -> MapAdapter:
    return Map(
        [_make_rule(route) for route in routes],
        converters={"int32": _Int32Converter},
        strict_slashes=False,
        merge_slashes=False,
    ).bind("localhost")


def _make_rule(route: Route) -> Rule:
    rule = _Rule(route.rule, endpoint=route)
    # The constructor would add HEAD to GET.
    rule.methods = set(route.methods) or None
    return rule
