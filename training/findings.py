"""The broken rules of a file, gathered as it is read."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from training.violations import ROW, Rule, Violation

_TOLD_ROWS = 5
_TOLD_CHARACTERS = 40


@dataclass(slots=True)
class _Found:
    count: int = 0
    rows: list[int] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)


class Findings:
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

    def include(self, part: "Findings", find_line: Callable[[int], int]) -> None:
        """Add the findings of a part of the file, whose places are to be made into lines."""
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
