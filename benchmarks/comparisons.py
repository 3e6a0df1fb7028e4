"""Comparisons of our measurements with an alternative's, and whether they meet their targets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.spread import Spread

type Bound = Literal["at least", "at most"]
type Values = float | Sequence[float]
"""One measurement or limit, or one measurement per round."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measurement of ours beside the alternative's.

    Attributes
    ----------
    measure : str
        What is measured.
    alternative, ours : Spread
        The two measurements, in the same unit.
    unit : str
        The unit of both.
    ratio : Spread
        Of the pairs: the improvement over the alternative, or ours as a multiple of it, depending
        on `bound`.
    bound : {"at least", "at most"}
        Whether the target is a lower or an upper bound of the ratio.
    target : float or None
        The bound of the median ratio; None when there is no target.
    """

    measure: str
    alternative: Spread
    ours: Spread
    unit: str
    ratio: Spread
    bound: Bound
    target: float | None

    @property
    def is_met(self) -> bool:
        """Whether the median ratio of the pairs meets the target; true without a target."""
        if self.target is None:
            return True
        ratio = self.ratio.median
        return ratio >= self.target if self.bound == "at least" else ratio <= self.target

    @property
    def words(self) -> str:
        """The target in words, and whether it is missed; empty without a target."""
        if self.target is None:
            return ""
        return f"{self.bound} {self.target:.3g}" + ("" if self.is_met else ": **missed**")


@dataclass(frozen=True, slots=True)
class _Relation:
    """How the measurements of a pair become a ratio, and what bounds it."""

    compute: Callable[[float, float], float]
    bound: Bound

    def compare(
        self, measure: str, pairs: Sequence[tuple[float, float]], unit: str, target: float | None
    ) -> Comparison:
        alternatives, ours = map(Spread.of, zip(*pairs, strict=True))
        ratio = Spread.of([self.compute(*pair) for pair in pairs])
        return Comparison(measure, alternatives, ours, unit, ratio, self.bound, target)


_TIMES_LESS = _Relation(lambda alternative, ours: alternative / ours, "at least")
_TIMES_MORE = _Relation(lambda alternative, ours: ours / alternative, "at least")
_MULTIPLE = _Relation(lambda alternative, ours: ours / alternative, "at most")
_DIFFERENCE = _Relation(lambda alternative, ours: ours - alternative, "at least")


def less_is_better(
    measure: str, alternative: Values, ours: Values, unit: str, target: float | None = None
) -> Comparison:
    """Compare a measure that should be small; the ratio is how many times smaller ours is."""
    return _TIMES_LESS.compare(measure, _pair(alternative, ours), unit, target)


def more_is_better(
    measure: str,
    alternative: Values,
    ours: Values,
    unit: str,
    target: float | None = None,
) -> Comparison:
    """Compare a measure that should be large; the ratio is how many times larger ours is."""
    return _TIMES_MORE.compare(measure, _pair(alternative, ours), unit, target)


def at_most_times(
    measure: str, alternative: Values, ours: Values, unit: str, target: float | None = None
) -> Comparison:
    """Compare with a floor or a limit; the ratio is ours as a multiple of it."""
    return _MULTIPLE.compare(measure, _pair(alternative, ours), unit, target)


def exceeds_by(
    measure: str, alternative: Values, ours: Values, unit: str, target: float | None = None
) -> Comparison:
    """Compare a measure that should be large; the ratio is the difference."""
    return _DIFFERENCE.compare(measure, _pair(alternative, ours), unit, target)


def _pair(alternative: Values, ours: Values) -> list[tuple[float, float]]:
    # A single measurement stands beside each of the other's.
    both = (alternative, ours)
    count = max((len(values) for values in both if isinstance(values, Sequence)), default=1)
    repeated = (values if isinstance(values, Sequence) else [values] * count for values in both)
    return list(zip(*repeated, strict=True))


def format_table(alternative: str, comparisons: Sequence[Comparison]) -> str:
    """Format comparisons as a Markdown table.

    Parameters
    ----------
    alternative : str
        The heading of the alternative's column.
    comparisons : sequence of Comparison
        A row each.
    """
    lines = [
        f"| measure | {alternative} | ours | ratio | target |",
        "|---|---:|---:|---:|---|",
    ]
    lines += [
        f"| {one.measure} | {one.alternative:{one.unit}} | {one.ours:{one.unit}}"
        f" | {one.ratio} | {one.words} |"
        for one in comparisons
    ]
    return "\n".join(lines) + "\n"
