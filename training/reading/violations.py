"""What a raw file breaks: the rules, how often, and where first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

ROW = "row"
"""What stands for a column in the rules on whole rows."""

_TOLD_ROWS = 5
_TOLD_CHARACTERS = 40


class Severity(StrEnum):
    """Whether a broken rule rejects the file or is only told."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a column must keep.

    Attributes
    ----------
    column : str
        Whose values are told when the rule is broken.
    requirement : str
        As in "birthday must ...".
    advice : str
        What to do about a row that breaks it.
    breaks : callable
        Marks the rows of a table of loans that break it; null where that cannot be said.
        None for the rules that only the reading itself can try.
    severity : Severity
        Errors reject the file.
    """

    column: str
    requirement: str
    advice: str
    breaks: Callable[[pa.Table], pa.ChunkedArray] | None = field(default=None, compare=False)
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that is broken.

    Attributes
    ----------
    rule, column, advice : str
        See `Rule`.
    severity : Severity
        Errors reject the file.
    count : int
        How many rows break it.
    share : float
        The same, of all rows.
    rows : tuple of int
        The first of them, by their line in the file; the first line is 1.
    values : tuple of str or None
        What stands there; None for a blank.
    """

    rule: str
    column: str
    severity: Severity
    count: int
    share: float
    rows: tuple[int, ...]
    values: tuple[str | None, ...]
    advice: str

    def to_dict(self) -> dict[str, object]:
        """Tell it in JSON's words."""
        return {
            "rule": self.rule,
            "column": self.column,
            "count": self.count,
            "share": self.share,
            "rows": list(self.rows),
            "values": list(self.values),
            "advice": self.advice,
        }

    def __str__(self) -> str:
        """Tell it in one line."""
        places = ", ".join(
            f"line {row} has {'nothing' if value is None else repr(value)}"
            for row, value in zip(self.rows, self.values, strict=True)
        )
        broken = "1 row breaks this" if self.count == 1 else f"{self.count:,} rows break this"
        more = " and more" if self.count > len(self.rows) else ""
        return f"{self.column}: {self.rule}; {broken}: {places}{more}. {self.advice}"


@dataclass(slots=True)
class _Found:
    count: int = 0
    rows: list[int] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)


class ViolationCollector:
    """The broken rules of a file, gathered part by part in the file's order."""

    def __init__(self) -> None:
        self._found: dict[Rule, _Found] = {}

    def add(self, rule: Rule, count: int, rows: Iterable[int], values: Sequence[object]) -> None:
        """Count rows that break a rule.

        Parameters
        ----------
        rule : Rule
            The rule.
        count : int
            How many rows break it; nothing is kept for none.
        rows : iterable of int
            The lines of the first of them.
        values : sequence of object
            What stands there, in the same order.
        """
        if not count:
            return
        found = self._found.setdefault(rule, _Found())
        found.count += count
        found.rows = [*found.rows, *rows][:_TOLD_ROWS]
        found.values = [*found.values, *map(_tell, values)][:_TOLD_ROWS]

    def include(self, part: "ViolationCollector", find_line: Callable[[int], int]) -> None:
        """Add the collector of a part of the file, whose places are to be made into lines."""
        for rule, found in part._found.items():
            self.add(rule, found.count, map(find_line, found.rows), found.values)

    def to_violations(self, n_rows: int, columns: Sequence[str]) -> list[Violation]:
        """Tell all broken rules.

        Parameters
        ----------
        n_rows : int
            Of the file, for the shares.
        columns : sequence of str
            The order to tell them in; rules on whole rows come first.
        """
        places = {name: place for place, name in enumerate((ROW, *columns))}
        ordered = sorted(self._found.items(), key=lambda item: places[item[0].column])
        return [
            Violation(
                rule.requirement,
                rule.column,
                rule.severity,
                found.count,
                round(found.count / n_rows, 6),
                tuple(found.rows),
                tuple(found.values),
                rule.advice,
            )
            for rule, found in ordered
        ]


def first_of(positions: Sequence[int] | npt.NDArray[np.integer]) -> list[int]:
    """Pick the positions that are told."""
    return [int(position) for position in positions[:_TOLD_ROWS]]


def tell_values(values: pa.ChunkedArray, places: Sequence[int]) -> list[str | None]:
    """Write values as text; not by Python, which has no year 0."""
    told: list[str | None] = pc.cast(values.take(pa.array(places)), pa.string()).to_pylist()
    return told


def _tell(value: object) -> str | None:
    if value is None:
        return None
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= _TOLD_CHARACTERS else text[:_TOLD_CHARACTERS] + "…"
