"""The inline constraints of a route's values, as ASP.NET defines them."""

import re
import uuid
from collections.abc import Callable

from devhost.errors import IndexingError

Constraint = Callable[[str], bool]

_INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*")
_LETTERS = re.compile(r"[A-Za-z]*")
_DECIMAL = re.compile(r"\s*[+-]?([0-9][0-9,]*(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")


def make_constraint(name: str, argument: str | None) -> Constraint:
    """Make the test that a value must pass.

    Parameters
    ----------
    name : str
        Such as `int` or `range`.
    argument : str or None
        What stands in its parentheses, None without any.

    Raises
    ------
    IndexingError
        When ASP.NET has no such constraint, or its argument cannot be read.
    """
    try:
        if argument is None:
            return _PLAIN[name]
        return _WITH_ARGUMENT[name](argument)
    except (KeyError, ValueError, re.error):
        shown = name if argument is None else f"{name}({argument})"
        raise IndexingError(f"The route constraint '{shown}' is unknown or malformed.") from None


def _integer_of(bits: int) -> Constraint:
    limit = 2 ** (bits - 1)

    def fits(value: str) -> bool:
        return bool(_INTEGER.fullmatch(value)) and -limit <= int(value) < limit

    return fits


def _is_guid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def _whole(value: str) -> int | None:
    return int(value) if _integer_of(64)(value) else None


def _at_least(argument: str) -> Constraint:
    least = int(argument)
    return lambda value: (number := _whole(value)) is not None and number >= least


def _at_most(argument: str) -> Constraint:
    most = int(argument)
    return lambda value: (number := _whole(value)) is not None and number <= most


def _between(argument: str) -> Constraint:
    least, most = map(int, argument.split(","))
    return lambda value: (number := _whole(value)) is not None and least <= number <= most


def _of_length(argument: str) -> Constraint:
    shortest, _, longest = argument.partition(",")
    lengths = range(int(shortest), int(longest or shortest) + 1)
    return lambda value: len(value) in lengths


def _no_shorter(argument: str) -> Constraint:
    shortest = int(argument)
    return lambda value: len(value) >= shortest


def _no_longer(argument: str) -> Constraint:
    longest = int(argument)
    return lambda value: len(value) <= longest


def _matching(argument: str) -> Constraint:
    pattern = re.compile(argument, re.IGNORECASE)
    return lambda value: pattern.search(value) is not None


_PLAIN: dict[str, Constraint] = {
    "int": _integer_of(32),
    "long": _integer_of(64),
    "bool": lambda value: value.strip().lower() in ("true", "false"),
    "guid": _is_guid,
    "alpha": lambda value: _LETTERS.fullmatch(value) is not None,
    "decimal": lambda value: _DECIMAL.fullmatch(value) is not None,
    "double": lambda value: _DECIMAL.fullmatch(value) is not None,
    "float": lambda value: _DECIMAL.fullmatch(value) is not None,
    "required": bool,
}
_WITH_ARGUMENT: dict[str, Callable[[str], Constraint]] = {
    "min": _at_least,
    "max": _at_most,
    "range": _between,
    "length": _of_length,
    "minlength": _no_shorter,
    "maxlength": _no_longer,
    "regex": _matching,
}
