"""Scored loans counted by their score: all that a measure of predictions needs to know."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_SAMPLES_AT_A_TIME = 40


@dataclass(frozen=True, slots=True)
class ScoreCounts:
    """How many loans there are of each score.

    Attributes
    ----------
    scores : numpy.ndarray of float64, of shape (n_scores,)
        The distinct predicted probabilities, ascending.
    paid, defaults : numpy.ndarray of float64, of shape (n_scores,) or (n_samples, n_scores)
        The weight of the loans of that score that were paid on time, and that were not: whole
        numbers, so that they add up exactly.
    """

    scores: Floats
    paid: Floats
    defaults: Floats

    @property
    def loans(self) -> Floats:
        """The weight of all loans of each score."""
        return self.paid + self.defaults

    @property
    def has_both_classes(self) -> bool:
        """Whether some loans were paid on time and some were not, of one sample."""
        return bool(self.paid.any() and self.defaults.any())


@dataclass(frozen=True, slots=True)
class ScoredLoans:
    """Loans sorted into their scores once, to be counted under many weights.

    Attributes
    ----------
    scores : numpy.ndarray of float64, of shape (n_scores,)
        The distinct predicted probabilities, ascending.
    status : numpy.ndarray of int64, of shape (n_loans,)
        1 for not paid on time, 0 for paid on time.
    place : numpy.ndarray of int64, of shape (n_loans,)
        Where each loan's score stands among `scores`.
    """

    scores: Floats
    status: Integers
    place: Integers

    @classmethod
    def sort(cls, status: npt.ArrayLike, probabilities: npt.ArrayLike) -> Self:
        """Sort loans by predicted probability of default.

        Raises
        ------
        ValueError
            When a status is neither 0 nor 1, or a probability is not between 0 and 1.
        """
        outcomes, predicted = np.asarray(status), np.asarray(probabilities, dtype=np.float64)
        _require(np.isin(outcomes, (0, 1)), outcomes, "status: expected 0 or 1")
        within = (predicted >= 0) & (predicted <= 1)
        _require(within, predicted, "probabilities: expected numbers from 0 to 1")
        # A table of hashes finds the scores in a fraction of the time that sorting all loans takes.
        place, scores = pd.factorize(predicted, sort=True)
        return cls(scores, outcomes.astype(np.int64), place)

    def coarsen(self, n_scores: int, edge: float) -> "ScoredLoans":
        """Merge neighbouring scores into about so many, each of about as many loans.

        Parameters
        ----------
        n_scores : int
            Fewer distinct scores are left as they are.
        edge : float
            Scores on either side of it are not merged.

        Notes
        -----
        Merged loans get their mean score. What is lost is the order within a merged score: of a
        part 1 / n_scores of the pairs that an AUC compares, and as little of any other metric.
        """
        if len(self.scores) <= n_scores:
            return self
        loans = np.bincount(self.place, minlength=len(self.scores))
        middle_ranks = loans.cumsum() - loans / 2
        merged = 2 * (n_scores * middle_ranks / loans.sum()).astype(np.int64)
        _, group = np.unique(merged + (self.scores >= edge), return_inverse=True)
        scores = np.bincount(group, loans * self.scores) / np.bincount(group, loans)
        return ScoredLoans(scores, self.status, group[self.place])

    def count(self, weights: npt.NDArray[np.integer] | None = None) -> ScoreCounts:
        """Count the loans of each score, one by one or by a weight of 0 or more each."""
        cells = np.bincount(self._cells(), weights=weights, minlength=2 * len(self.scores))
        return self._part(cells.astype(np.float64))

    def count_samples(self, person: Integers, samples: Iterable[Integers]) -> Iterator[ScoreCounts]:
        """Count the loans of each score in samples of persons.

        Parameters
        ----------
        person : numpy.ndarray of int64, of shape (n_loans,)
            The number of each loan's person, from 0.
        samples : iterable of numpy.ndarray of int64, of shape (n_persons,)
            How often each person is in a sample.

        Yields
        ------
        ScoreCounts
            Of up to `_SAMPLES_AT_A_TIME` samples each.

        Notes
        -----
        A product of matrices counts several samples at once: it is exact, as all are whole numbers,
        and goes through the loans once for all of them.
        """
        cells, n_persons = self._cells(), int(person.max(initial=-1)) + 1
        shape = (2 * len(self.scores), n_persons)
        loans = csr_array((np.ones(len(cells)), (cells, person)), shape)
        for some in batched(samples, _SAMPLES_AT_A_TIME, strict=False):
            weights = np.ascontiguousarray(np.array(some, np.float64).T)
            yield self._part(np.ascontiguousarray((loans @ weights).T))

    def _cells(self) -> Integers:
        return self.place + len(self.scores) * self.status

    def _part(self, cells: Floats) -> ScoreCounts:
        n_scores = len(self.scores)
        return ScoreCounts(self.scores, cells[..., :n_scores], cells[..., n_scores:])


def divide_counts(part: Floats, whole: Floats) -> Floats:
    """Divide numbers by numbers, of shapes that can be broadcast; NaN where the divisor is 0."""
    parts, wholes = np.broadcast_arrays(part, whole)
    quotients = np.full(parts.shape, np.nan)
    np.divide(parts, wholes, out=quotients, where=wholes > 0)
    return quotients


def _require(keeps: npt.NDArray[np.bool_], values: npt.NDArray[np.generic], rule: str) -> None:
    if not keeps.all():
        found = values[~keeps][0].item()
        raise ValueError(f"{rule}, got {found!r}: measure only loans whose outcome is known.")
