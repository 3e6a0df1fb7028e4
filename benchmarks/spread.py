"""The spread of repeated measurements."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the extremes of repeated measurements."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Summarise measurements, of which there is at least one."""
        return cls(median(values), min(values), max(values))

    def __format__(self, unit: str) -> str:
        """Format the median with its unit, and the extremes where they differ from it."""
        text = f"{format_number(self.median)} {unit}".rstrip()
        if self.lowest == self.highest:
            return text
        return f"{text} ({format_number(self.lowest)} to {format_number(self.highest)})"


def format_number(value: float) -> str:
    """Format a number with three digits or so."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 4
    return f"{value:,.{digits}f}"
