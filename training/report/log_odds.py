"""An axis of probabilities on the log-odds scale, on which rare events are told apart."""

from collections.abc import Iterable
from math import log

from training.report.scales import Limits, Scale, write_percent

_TICKS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999)
_LEAST = 1e-5


def find_limits(probabilities: Iterable[float]) -> Limits:
    """Find limits of an axis that shows all probabilities, even those of 0 and 1 at its ends."""
    within = [one for one in probabilities if _LEAST < one < 1 - _LEAST]
    low, high = min(within, default=0.01), max(within, default=0.99)
    return low / (2 - low), 2 * high / (1 + high)


def keep_within(probability: float, limits: Limits) -> float:
    """Move what lies outside an axis to its end."""
    return min(max(probability, limits[0]), limits[1])


def scale_log_odds(limits: Limits, label: str = "") -> Scale:
    """Make a scale of probabilities."""
    ticks = [(one, write_percent(one)) for one in _TICKS if limits[0] <= one <= limits[1]]
    return Scale(limits, ticks, label, bend=_find_log_odds)


def _find_log_odds(probability: float) -> float:
    return log(probability / (1 - probability))
