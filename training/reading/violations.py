"""The rules of the data contract, and the violations found in a raw file."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

ROW = "row"
"""The column name of the rules on whole rows."""

_MAX_EXAMPLES = 5
_MAX_VALUE_CHARACTERS = 40


class Severity(StrEnum):
    """Whether a broken rule rejects the file or is only reported."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement on the values of a column.

    Attributes
    ----------
    column : str
        The column whose values are reported when the rule is broken.
    requirement : str
        As in "birthday must ...".
    advice : str
        How to correct a row that breaks the rule.
    breaks : callable or None
        Makes a mask of the rows of a table of loans that break the rule, null where unknown; or
        None when no row does, which is told faster. None for the rules that are checked elsewhere.
    severity : Severity
        Errors reject the file.
    """

    column: str
    requirement: str
    advice: str
    breaks: Callable[[pa.Table], pa.ChunkedArray | None] | None = field(default=None, compare=False)
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule, with examples.

    Attributes
    ----------
    rule, column, advice : str
        See `Rule`.
    severity : Severity
        Errors reject the file.
    count : int
        The number of rows that break the rule.
    share : float
        The same as a share of all rows.
    rows : tuple of int
        The line numbers of the first of them, from 1.
    values : tuple of str or None
        Their values; None for a blank.
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
        """Convert to a JSON object."""
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
        """Describe the violation in one line."""
        examples = ", ".join(
            f"line {row} has {'nothing' if value is None else repr(value)}"
            for row, value in zip(self.rows, self.values, strict=True)
        )
        broken = "1 row breaks this" if self.count == 1 else f"{self.count:,} rows break this"
        more = " and more" if self.count > len(self.rows) else ""
        return f"{self.column}: {self.rule}; {broken}: {examples}{more}. {self.advice}"


@dataclass(slots=True)
class _Occurrences:
    count: int = 0
    rows: list[int] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)


class ViolationCollector:
    """Collects the broken rules of a file, part by part in file order."""

    def __init__(self) -> None:
        self._found: dict[Rule, _Occurrences] = {}

    def add(self, rule: Rule, count: int, rows: Iterable[int], values: Sequence[object]) -> None:
        """Add rows that break a rule.

        Parameters
        ----------
        rule : Rule
            The rule.
        count : int
            The number of rows; 0 adds nothing.
        rows : iterable of int
            The line numbers of the first of them.
        values : sequence of object
            Their values, in the same order.
        """
        if not count:
            return
        found = self._found.setdefault(rule, _Occurrences())
        found.count += count
        found.rows = [*found.rows, *rows][:_MAX_EXAMPLES]
        found.values = [*found.values, *map(_format_value, values)][:_MAX_EXAMPLES]

    def include(self, part: "ViolationCollector", find_line: Callable[[int], int]) -> None:
        """Add the violations of a part of the file, translating its row numbers to lines."""
        for rule, found in part._found.items():
            self.add(rule, found.count, map(find_line, found.rows), found.values)

    def to_violations(self, n_rows: int, columns: Sequence[str]) -> list[Violation]:
        """List all broken rules.

        Parameters
        ----------
        n_rows : int
            The number of rows in the file, for the shares.
        columns : sequence of str
            The order of the rules; rules on whole rows come first.
        """
        ranks = {name: rank for rank, name in enumerate((ROW, *columns))}
        ordered = sorted(self._found.items(), key=lambda item: ranks[item[0].column])
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


def take_examples(rows: Sequence[int] | npt.NDArray[np.integer]) -> list[int]:
    """Take the first rows, as many as a violation reports."""
    return [int(row) for row in rows[:_MAX_EXAMPLES]]


def format_values(values: pa.ChunkedArray, rows: Sequence[int]) -> list[str | None]:
    """Format the values of some rows as text; in Arrow, as Python has no year 0."""
    texts: list[str | None] = pc.cast(values.take(pa.array(rows)), pa.string()).to_pylist()
    return texts


def _format_value(value: object) -> str | None:
    if value is None:
        return None
    text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= _MAX_VALUE_CHARACTERS else text[:_MAX_VALUE_CHARACTERS] + "…"
