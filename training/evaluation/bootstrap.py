"""How sure a metric is: its interval over samples of persons."""

from collections.abc import Iterator, Sequence

import numpy as np

from shared.release.evaluation import Measured
from training.evaluation.score_counts import Integers

_COVERAGE_PERCENTILES = (2.5, 97.5)


def draw_persons(n_persons: int, rounds: int, seed: int) -> Iterator[Integers]:
    """Draw persons with replacement, as many as there are, again and again.

    Yields
    ------
    numpy.ndarray of int64, of shape (n_persons,)
        How often each person is in the sample. Nothing for fewer than two persons: one alone does
        not tell how persons differ.
    """
    if n_persons < 2:
        return
    draw = np.random.default_rng(seed)
    for _ in range(rounds):
        yield np.bincount(draw.integers(n_persons, size=n_persons), minlength=n_persons)


def bound(value: float, resampled: Sequence[float]) -> Measured:
    """Put a metric between the percentiles of its values in the samples.

    Parameters
    ----------
    value : float
        On all loans; NaN where it is undefined.
    resampled : sequence of float
        In each sample; NaN where it is undefined. Where that is so in more than half of them
        there are no bounds.
    """
    if np.isnan(value):
        return Measured(None)
    told = [other for other in resampled if not np.isnan(other)]
    if not told or 2 * len(told) < len(resampled):
        return Measured(value)
    low, high = np.percentile(told, _COVERAGE_PERCENTILES)
    return Measured(value, float(low), float(high))
