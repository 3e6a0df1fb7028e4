"""Scales: where values stand along an axis, and which of them are written there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

type Limits = tuple[float, float]
type Write = Callable[[float], str]

_TICKS = 5
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_MARGIN = 0.05


@dataclass(frozen=True, slots=True)
class Scale:
    """The values along an axis.

    Attributes
    ----------
    limits : tuple of float
        The values at its ends.
    ticks : sequence of tuple of float and str
        Values that are written, and how.
    label : str
        What the values are.
    bend : callable
        Turns a value into one that stands at an even distance.
    slanted : bool
        Whether the ticks are written at an angle: they are long.
    grid : bool
        Whether a line runs across the plot at each tick.
    """

    limits: Limits
    ticks: Sequence[tuple[float, str]]
    label: str = ""
    bend: Callable[[float], float] = float
    slanted: bool = False
    grid: bool = True

    def place(self, value: float) -> float:
        """Place a value between the ends, 0 and 1."""
        low, high = self.bend(self.limits[0]), self.bend(self.limits[1])
        return (self.bend(value) - low) / (high - low)


def write_plain(value: float) -> str:
    """Write a number at a tick."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:g}"


def write_percent(value: float) -> str:
    """Write a share at a tick."""
    return f"{100 * value:.6g}%"


def scale_evenly(limits: Limits, label: str = "", write: Write = write_plain) -> Scale:
    """Make a scale of even steps."""
    low, high = limits if limits[0] < limits[1] else (limits[0] - 0.5, limits[0] + 0.5)
    return Scale((low, high), [(one, write(one)) for one in choose_ticks(low, high)], label)


def scale_names(names: Sequence[str], *, every: int = 1) -> Scale:
    """Make a scale of names, the first at 0, of which only some may be written."""
    ticks = [*enumerate(names)][::every]
    return Scale((-0.6, len(names) - 0.4), ticks, slanted=True, grid=False)


def find_range(values: Iterable[float], *, from_zero: bool = False) -> Limits:
    """Find limits with some room around the values; on the lower side none from 0 on."""
    told = [*values]
    low, high = min(told, default=0.0), max(told, default=1.0)
    room = _MARGIN * (high - (0.0 if from_zero else low)) or _MARGIN * abs(high) or 1.0
    return (0.0, high + room) if from_zero else (low - room, high + room)


def choose_ticks(low: float, high: float) -> list[float]:
    """Choose about five round numbers between limits."""
    rough = (high - low) / _TICKS
    power = 10.0 ** floor(log10(rough))
    step = next(one * power for one in _STEPS if one * power >= rough * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    # Whole multiples of a round step, without the last bits of the product.
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]
