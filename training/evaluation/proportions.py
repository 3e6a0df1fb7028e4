"""Intervals of shares over persons, and of their ratios and differences."""

import numpy as np
import numpy.typing as npt

from shared.release.evaluation import Measured
from training.evaluation.reliability import count_effective_loans, find_wilson_interval

_LEAST_DIVISOR = 1e-12


def measure_share(hits: npt.NDArray[np.bool_], person: npt.NDArray[np.int64]) -> Measured:
    """Measure the share of loans that something is true of.

    Parameters
    ----------
    hits : numpy.ndarray of bool, of shape (n_loans,)
        Whether it is true of each loan.
    person : numpy.ndarray of int64, of shape (n_loans,)
        The number of each loan's person, from 0.

    Returns
    -------
    Measured
        With Wilson's interval for the number of loans that count once one person's loans are known
        to be alike. It has a width even where nothing or everything is a hit.
    """
    if not len(hits):
        return Measured(None)
    share = float(hits.mean())
    low, high = find_wilson_interval(share, count_effective_loans(hits.astype(np.int64), person))
    return Measured(share, low, high)


def divide(one: Measured, other: Measured) -> Measured:
    """Divide two shares of different loans.

    Notes
    -----
    The interval recovers each share's variance from its own interval, on the scale of logarithms
    (Zou and Donner, "Construction of confidence limits about effect measures", 2008).
    """
    if not _is_told(one) or not _is_told(other) or not other.value:
        return Measured(None)
    a, low_a, high_a = _bounds(one)
    b, low_b, high_b = _bounds(other)
    ratio = a / b
    if not a:
        return Measured(0.0, 0.0, high_a / b)
    low = np.exp(np.log(ratio) - np.hypot(np.log(a / low_a), np.log(high_b / b)))
    high = np.exp(np.log(ratio) + np.hypot(np.log(high_a / a), np.log(b / low_b)))
    return Measured(ratio, float(low), float(high))


def subtract(one: Measured, other: Measured) -> Measured:
    """Subtract two shares of different loans.

    Notes
    -----
    Newcombe, "Interval estimation for the difference between independent proportions", 1998,
    method 10.
    """
    if not _is_told(one) or not _is_told(other):
        return Measured(None)
    a, low_a, high_a = _bounds(one)
    b, low_b, high_b = _bounds(other)
    low = a - b - np.hypot(a - low_a, high_b - b)
    high = a - b + np.hypot(high_a - a, b - low_b)
    return Measured(a - b, float(low), float(high))


def divide_by_number(share: Measured, number: float) -> Measured:
    """Divide a share by a number that is known; undefined where that is next to nothing."""
    if not _is_told(share) or number < _LEAST_DIVISOR:
        return Measured(None)
    value, low, high = _bounds(share)
    return Measured(value / number, low / number, high / number)


def _is_told(share: Measured) -> bool:
    return share.value is not None


def _bounds(share: Measured) -> tuple[float, float, float]:
    value = 0.0 if share.value is None else share.value
    return (
        value,
        value if share.low is None else share.low,
        value if share.high is None else share.high,
    )
