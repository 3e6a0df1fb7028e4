"""Comparisons of our measurements with an alternative's, and whether they meet their targets."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Literal

_LIBRARIES = ("pandas", "pyarrow", "scikit-learn", "azure-functions-runtime")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measurement of ours beside the alternative's.

    Attributes
    ----------
    measure : str
        What is measured.
    alternative, ours : float
        The two measurements, in the same unit.
    unit : str
        The unit of both.
    ratio : float
        The improvement over the alternative, or ours as a multiple of it, depending on `bound`.
    bound : {"at least", "at most"}
        Whether the target is a lower or an upper bound of the ratio.
    target : float or None
        The bound of the ratio; None when there is no target.
    """

    measure: str
    alternative: float
    ours: float
    unit: str
    ratio: float
    bound: Literal["at least", "at most"] = "at least"
    target: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether the ratio meets the target; true without a target."""
        if self.target is None:
            return True
        return self.ratio >= self.target if self.bound == "at least" else self.ratio <= self.target


def less_is_better(
    measure: str, alternative: float, ours: float, unit: str, target: float | None = None
) -> Comparison:
    """Compare a measure that should be small; the ratio is how many times smaller ours is."""
    return Comparison(measure, alternative, ours, unit, alternative / ours, "at least", target)


def more_is_better(
    measure: str, alternative: float, ours: float, unit: str, target: float | None = None
) -> Comparison:
    """Compare a measure that should be large; the ratio is how many times larger ours is."""
    return Comparison(measure, alternative, ours, unit, ours / alternative, "at least", target)


def at_most_times(
    measure: str, alternative: float, ours: float, unit: str, target: float | None = None
) -> Comparison:
    """Compare with a floor or a limit; the ratio is ours as a multiple of it."""
    return Comparison(measure, alternative, ours, unit, ours / alternative, "at most", target)


def describe_machine() -> str:
    """Describe the machine and the libraries that the measurements were made with."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {libraries};"
        f" {datetime.now(UTC):%Y-%m-%d}."
    )


def format_table(title: str, alternative: str, comparisons: Sequence[Comparison]) -> str:
    """Format comparisons as a Markdown table."""
    lines = [
        f"## {title}",
        "",
        f"| measure | {alternative} | ours | ratio | target |",
        "|---|---:|---:|---:|---|",
    ]
    lines += [
        f"| {one.measure} | {_format_number(one.alternative)} {one.unit}"
        f" | {_format_number(one.ours)} {one.unit} | {one.ratio:.2f} | {_format_target(one)} |"
        for one in comparisons
    ]
    return "\n".join(lines) + "\n"


def _format_target(comparison: Comparison) -> str:
    if comparison.target is None:
        return ""
    missed = "" if comparison.is_met else ": **missed**"
    return f"{comparison.bound} {comparison.target:.3g}{missed}"


def _format_number(value: float) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 4
    return f"{value:,.{digits}f}"
