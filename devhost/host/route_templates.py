"""Route templates, such as `user/{id:int}/{*rest}`, taken apart."""

import re
from dataclasses import dataclass

from devhost.errors import IndexingError
from devhost.host.constraints import Constraint, make_constraint

# Doubled braces stand for themselves, also inside of a parameter's regular expression.
_TOKEN = re.compile(
    r"(?P<slash>/)|\{(?!\{)(?P<parameter>(?:\{\{|\}\}|[^{}])+)\}|(?P<text>(?:\{\{|\}\}|[^{}/])+)"
)
_PARAMETER = re.compile(r"(\*{0,2})([^:=?*]+)(.*?)(\??)", re.DOTALL)
_CONSTRAINT = re.compile(r":([^:(]+)(?:\((.*?)\)(?=:|$))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A part of a path that varies.

    Attributes
    ----------
    constraints : tuple of Constraint
        What a value must pass, if there is one.
    optional : bool
        Whether the value may be missing.
    takes_rest : bool
        Whether it spans the rest of the path.
    """

    name: str
    constraints: tuple[Constraint, ...]
    optional: bool
    takes_rest: bool

    @property
    def constrained(self) -> bool:
        """Whether there is any constraint."""
        return bool(self.constraints)

    def accepts(self, value: str) -> bool:
        """Tell whether a value passes all constraints."""
        return all(holds(value) for holds in self.constraints)


type Segment = list[str | Parameter]


def parse_template(template: str) -> list[Segment]:
    """Take a route template apart into the literals and parameters of each segment.

    Raises
    ------
    IndexingError
        When it is malformed.
    """
    segments: list[Segment] = [[]]
    position = 0
    while position < len(template):
        token = _TOKEN.match(template, position)
        if token is None:
            raise IndexingError("a brace has no partner.")
        position = token.end()
        if token["slash"]:
            segments.append([])
        elif token["parameter"]:
            segments[-1].append(_parse_parameter(_unescape(token["parameter"])))
        else:
            segments[-1].append(_unescape(token["text"]))
    _check(segments)
    return segments


def _parse_parameter(text: str) -> Parameter:
    found = _PARAMETER.fullmatch(text)
    if found is None:
        raise IndexingError(f"'{{{text}}}' is not a parameter.")
    stars, name, rules, optional = found.groups()
    constraints = []
    position = 0
    while position < len(rules):
        rule = _CONSTRAINT.match(rules, position)
        if rule is None:
            raise IndexingError(
                f"'{{{text}}}' has something besides constraints; default values are not supported"
                " by this development host."
            )
        position = rule.end()
        constraints.append(make_constraint(rule[1], rule[2]))
    return Parameter(name, tuple(constraints), bool(optional), bool(stars))


def _unescape(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _check(segments: list[Segment]) -> None:
    names = [
        part.name.lower() for parts in segments for part in parts if isinstance(part, Parameter)
    ]
    if len(set(names)) < len(names):
        raise IndexingError("a parameter's name occurs twice.")
    for segment in segments:
        if not segment:
            raise IndexingError("a segment is empty.")
        for part in segment:
            if not isinstance(part, Parameter):
                continue
            if part.takes_rest and (segment is not segments[-1] or len(segment) > 1):
                raise IndexingError(f"'{{*{part.name}}}' must be the whole last segment.")
            if part.optional and len(segment) > 1:
                raise IndexingError(f"'{{{part.name}?}}' must be a whole segment.")
