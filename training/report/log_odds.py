"""An axis of probabilities on the log-odds scale, on which rare events are told apart."""

from collections.abc import Iterable

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

_TICKS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999)
_LEAST = 1e-5


def find_limits(probabilities: Iterable[float]) -> tuple[float, float]:
    """Find limits of an axis that shows all probabilities, even those of 0 and 1 at its ends."""
    within = [one for one in probabilities if _LEAST < one < 1 - _LEAST]
    low, high = min(within, default=0.01), max(within, default=0.99)
    return low / (2 - low), 2 * high / (1 + high)


def keep_within(probability: float, limits: tuple[float, float]) -> float:
    """Move what lies outside an axis to its end."""
    return min(max(probability, limits[0]), limits[1])


def scale_x(axes: Axes, limits: tuple[float, float]) -> None:
    """Put probabilities on the horizontal axis."""
    axes.set_xscale("logit")
    axes.set_xlim(*limits)
    axes.xaxis.set_major_locator(FixedLocator(_ticks(limits)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(_write_tick))


def scale_y(axes: Axes, limits: tuple[float, float]) -> None:
    """Put probabilities on the vertical axis."""
    axes.set_yscale("logit")
    axes.set_ylim(*limits)
    axes.yaxis.set_major_locator(FixedLocator(_ticks(limits)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(_write_tick))


def _ticks(limits: tuple[float, float]) -> list[float]:
    return [tick for tick in _TICKS if limits[0] <= tick <= limits[1]]


def _write_tick(probability: float, _: int) -> str:
    return f"{100 * probability:g}%"
