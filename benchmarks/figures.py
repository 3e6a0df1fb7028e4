"""The figures of a run, each beside its alternative, and whether it reaches its bar."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Literal

_LIBRARIES = ("pandas", "pyarrow", "scikit-learn", "azure-functions-runtime")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of ours beside one of the alternative.

    Attributes
    ----------
    measure : str
        What is measured.
    alternative, ours : float
        In the same unit.
    unit : str
        Of both.
    ratio : float
        How many times better ours is, or its share: as `sense` says.
    sense : {"at least", "at most"}
        Which side of the bar is good.
    bar : float or None
        What the ratio has to reach; None where it is only told.
    """

    measure: str
    alternative: float
    ours: float
    unit: str
    ratio: float
    sense: Literal["at least", "at most"] = "at least"
    bar: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the ratio is on the good side of the bar."""
        if self.bar is None:
            return True
        return self.ratio >= self.bar if self.sense == "at least" else self.ratio <= self.bar


def less_is_better(
    measure: str, alternative: float, ours: float, unit: str, bar: float | None = None
) -> Figure:
    """Compare what should be small: the ratio says how many times less ours is."""
    return Figure(measure, alternative, ours, unit, alternative / ours, "at least", bar)


def more_is_better(
    measure: str, alternative: float, ours: float, unit: str, bar: float | None = None
) -> Figure:
    """Compare what should be large: the ratio says how many times more ours is."""
    return Figure(measure, alternative, ours, unit, ours / alternative, "at least", bar)


def at_most_times(
    measure: str, alternative: float, ours: float, unit: str, bar: float | None = None
) -> Figure:
    """Compare with a floor that cannot be beaten: the ratio says how much ours adds."""
    return Figure(measure, alternative, ours, unit, ours / alternative, "at most", bar)


def describe_machine() -> str:
    """Tell what the figures were measured on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {libraries};"
        f" {datetime.now(UTC):%Y-%m-%d}."
    )


def write_table(title: str, alternative: str, figures: Sequence[Figure]) -> str:
    """Write figures as a table in Markdown."""
    lines = [
        f"## {title}",
        "",
        f"| measure | {alternative} | ours | ratio | to reach |",
        "|---|---:|---:|---:|---|",
    ]
    lines += [
        f"| {one.measure} | {_tell(one.alternative)} {one.unit} | {_tell(one.ours)} {one.unit}"
        f" | {one.ratio:.2f} | {_tell_bar(one)} |"
        for one in figures
    ]
    return "\n".join(lines) + "\n"


def _tell_bar(figure: Figure) -> str:
    if figure.bar is None:
        return ""
    return f"{figure.sense} {figure.bar:.3g}{'' if figure.reached else ': **missed**'}"


def _tell(value: float) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 4
    return f"{value:,.{digits}f}"
