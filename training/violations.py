"""What a raw file breaks: the rules, how often, and where first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import pyarrow as pa

ROW = "row"
"""What stands for a column in the rules on whole rows."""


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
