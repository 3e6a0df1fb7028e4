"""Percentiles of timed calls."""

from collections.abc import Sequence


def describe_microseconds(seconds: Sequence[float]) -> dict[str, float]:
    """Compute the median and the 99th percentile of timed calls.

    Parameters
    ----------
    seconds : sequence of float
        One per call; at least one.

    Returns
    -------
    dict
        `p50` and `p99`, in microseconds.
    """
    ordered = sorted(seconds)
    last = len(ordered) - 1
    return {
        "p50": ordered[round(last * 0.5)] * 1e6,
        "p99": ordered[round(last * 0.99)] * 1e6,
    }
