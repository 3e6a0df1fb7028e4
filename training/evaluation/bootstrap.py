"""How sure a metric is: its interval over samples of persons."""

from collections.abc import Iterator
from itertools import batched

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.evaluation import Measured
from training.evaluation.score_counts import Floats, Integers

_ROUNDS_AT_A_TIME = 25

_COVERAGE_PERCENTILES = (2.5, 97.5)


def number_persons(persons: npt.ArrayLike) -> tuple[int, Integers]:
    """Count the persons, and give each loan the number of its person, in their sorted order."""
    # A table of hashes finds them in a fraction of the time that sorting all loans takes.
    person, names = pd.factorize(np.asarray(persons), sort=True)
    return len(names), person


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


def resample_sums(by_person: Floats, rounds: int, seed: int) -> Floats:
    """Sum up what persons have, over samples of them.

    Parameters
    ----------
    by_person : numpy.ndarray of float64, of shape (n_persons, n_sums)
        What each person adds to each sum.
    rounds, seed : int
        As for `draw_persons`.

    Returns
    -------
    numpy.ndarray of float64, of shape (rounds, n_sums)
        No round for fewer than two persons.
    """
    drawn = batched(draw_persons(len(by_person), rounds, seed), _ROUNDS_AT_A_TIME, strict=False)
    sums = [np.array(some, np.float64) @ by_person for some in drawn]
    return np.concatenate(sums) if sums else np.empty((0, by_person.shape[1]))


def bound(value: float, resampled: npt.ArrayLike) -> Measured:
    """Put a metric between the percentiles of its values in the samples.

    Parameters
    ----------
    value : float
        On all loans; NaN where it is undefined.
    resampled : array of shape (n_rounds,)
        In each sample; NaN where it is undefined. Where that is so in more than half of them
        there are no bounds.
    """
    if np.isnan(value):
        return Measured(None)
    values = np.asarray(resampled, np.float64)
    told = values[~np.isnan(values)]
    if not len(told) or 2 * len(told) < len(values):
        return Measured(value)
    low, high = np.percentile(told, _COVERAGE_PERCENTILES)
    return Measured(value, float(low), float(high))


def bound_each(values: Floats, resampled: Floats) -> list[Measured]:
    """Put each of several metrics between its percentiles, as `bound` does.

    Parameters
    ----------
    values : numpy.ndarray of float64, of shape (n_values,)
        On all loans.
    resampled : numpy.ndarray of float64, of shape (n_rounds, n_values)
        In each sample.
    """
    if not len(resampled):
        return [bound(value, []) for value in values.tolist()]
    low, high = np.percentile(resampled, _COVERAGE_PERCENTILES, axis=0).tolist()
    # A percentile is undefined where the metric is undefined in any sample.
    return [
        bound(value, column) if np.isnan([value, *ends]).any() else Measured(value, *ends)
        for value, column, ends in zip(
            values.tolist(), resampled.T, zip(low, high, strict=True), strict=True
        )
    ]
