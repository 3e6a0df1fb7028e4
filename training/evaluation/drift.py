"""Whether values still spread as they did: the population stability index."""

import numpy as np
import numpy.typing as npt

from shared.release.drift import Distribution
from shared.release.evaluation import Measured

SLIGHT_DRIFT = 0.10
"""Below it, a change is held to be insignificant."""

STRONG_DRIFT = 0.25
"""Above it, a change is held to be significant, in between moderate.

Both marks are a rule of thumb of credit scoring (Siddiqi, "Credit Risk Scorecards", 2006), not a
test: two samples of n and m values from one source differ by about ``(1 / n + 1 / m)`` times the
number of bins less one, by chance alone (Yurdakul and Naranjo, "Statistical properties of the
population stability index", 2020). Small samples pass the marks without any drift.
"""

LEAST_SHARE = 0.0001
"""An empty bin counts as this full: the logarithm of nothing is not finite."""

N_BINS = 10

_GREATEST = np.finfo(np.float64).max


def describe_distribution(values: npt.ArrayLike) -> Distribution:
    """Describe how values spread.

    Parameters
    ----------
    values : array of shape (n_values,)
        Numbers; what is not finite is missing.

    Notes
    -----
    Bins are tenths of the values that are there. A value that more than one tenth would begin with
    has a bin of its own, and so has every value when there are at most `N_BINS` distinct ones. Such
    a bin ends at the next greater float, so the values between known ones, or beyond them, have
    bins too, empty here: a value never seen before does not pass for a known one.
    """
    present, missing = _part(values)
    edges = _find_edges(present)
    counts = np.bincount(np.searchsorted(edges, present, side="right"), minlength=len(edges) + 1)
    n_values = max(len(present) + missing, 1)
    return Distribution(edges.tolist(), (counts / n_values).tolist(), missing / n_values)


def stability_against(distribution: Distribution, values: npt.ArrayLike) -> float | None:
    """Measure how far values have moved from a distribution that was written down.

    Parameters
    ----------
    distribution : Distribution
        From `describe_distribution`, if need be by way of JSON.
    values : array of shape (n_values,)
        The values as they are; what is not finite is missing, which is a bin of its own.

    Returns
    -------
    float or None
        As from `stability_index_of_shares`; None when there is no value on one side.
    """
    return measure_stability(distribution, values, rounds=0).value


def measure_stability(
    distribution: Distribution, values: npt.ArrayLike, *, rounds: int = 200, seed: int = 0
) -> Measured:
    """Measure how far values have moved, with a 95 % interval.

    Parameters
    ----------
    distribution, values
        As in `stability_against`.
    rounds : int
        How often as many values are drawn anew from the observed shares.
    seed : int
        Of the drawing.

    Notes
    -----
    The interval is the basic bootstrap's, which turns the drawn indices about the measured one:
    by chance alone an index is only ever too great, and so are those that are drawn.
    """
    expected = [*distribution.shares, distribution.missing]
    present, missing = _part(values)
    n_values = len(present) + missing
    if not any(expected) or n_values == 0:
        return Measured(None)
    bins = np.searchsorted(distribution.edges, present, side="right")
    shares = np.array([*np.bincount(bins, minlength=len(expected) - 1), missing]) / n_values
    index = stability_index_of_shares(expected, shares.tolist())
    if not rounds:
        return Measured(index)
    drawn = np.random.default_rng(seed).multinomial(n_values, shares, size=rounds) / n_values
    indices = [stability_index_of_shares(expected, row) for row in drawn]
    low, high = np.quantile(indices, (0.025, 0.975))
    return Measured(index, max(0.0, float(2 * index - high)), max(index, float(2 * index - low)))


def stability_index_of_shares(
    expected_shares: npt.ArrayLike, actual_shares: npt.ArrayLike
) -> float:
    """Measure how far shares have moved.

    Parameters
    ----------
    expected_shares, actual_shares : array of shape (n_bins,)
        The share of each bin, the same bins in the same order.

    Returns
    -------
    float
        The sum over the bins of ``(actual - expected) * log(actual / expected)``: 0 for the same
        shares, else greater. `SLIGHT_DRIFT` and `STRONG_DRIFT` are the usual marks.

    Raises
    ------
    ValueError
        When the bins are not as many.
    """
    expected = np.maximum(expected_shares, LEAST_SHARE)
    actual = np.maximum(actual_shares, LEAST_SHARE)
    if len(expected) != len(actual):
        raise ValueError(
            f"Shares must be of the same bins: expected {len(expected)},"
            f" got {len(actual)}. Count both with the same edges."
        )
    return float(((actual - expected) * np.log(actual / expected)).sum())


def _part(values: npt.ArrayLike) -> tuple[npt.NDArray[np.float64], int]:
    numbers = np.asarray(values, dtype=np.float64)
    present = numbers[np.isfinite(numbers)]
    return present, len(numbers) - len(present)


def _find_edges(present: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    distinct = np.unique(present)
    if len(distinct) <= N_BINS:
        return _enclose(distinct)
    tenths = np.sort(present)[len(present) * np.arange(1, N_BINS) // N_BINS]
    edges, times = np.unique(tenths, return_counts=True)
    return np.union1d(edges, _enclose(edges[times > 1]))


def _enclose(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Put an edge on both sides of each value."""
    return np.union1d(values, np.nextafter(values, _GREATEST))
