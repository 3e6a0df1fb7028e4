"""Logistic regressions on one number, of many samples at once."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from training.evaluation.score_counts import Floats, Integers

_MAX_NEWTON_STEPS = 50
_SHORT_STEP = 0.5
"""In log-odds: from here on Newton's whole step is the shorter way."""

_TOLERANCE = 1e-6
"""A step that changes the log-odds by less leaves an error of about its square."""

Line = tuple[float, float]
"""Intercept and slope."""


@dataclass(frozen=True, slots=True)
class OverlappingSamples:
    """Samples of loans in each of which the classes overlap, so that it has one best line.

    Attributes
    ----------
    loans : numpy.ndarray of float64, of shape (n_samples, n_scores)
        The weight of each score.
    defaults : numpy.ndarray of float64, of shape (n_samples, 2)
        The sums of the defaults' first two powers.
    powers : numpy.ndarray of float64, of shape (n_scores, 3)
        Powers 0 to 2 of the predicted log-odds, less `middle`.
    ends : numpy.ndarray of float64, of shape (n_samples, 2)
        The least and the greatest log-odds that a sample has, less `middle`.
    middle : float
        The mean log-odds.
    """

    loans: Floats
    defaults: Floats
    powers: Floats
    ends: Floats
    middle: float

    @classmethod
    def count(cls, log_odds: Floats, paid: Floats, defaults: Floats) -> Self:
        """Take what is counted by ascending log-odds, of shape (n_samples, n_scores)."""
        loans = paid + defaults
        middle = float((loans @ log_odds).sum() / loans.sum())
        powers = np.vander(log_odds - middle, 3, increasing=True)
        ends = powers[np.stack(find_ends(loans), axis=-1), 1]
        return cls(loans, defaults @ powers[:, :2], powers, ends, middle)

    def fit_lines(self, start: Line) -> Floats:
        """Fit each sample's line, from a start that is near, else from its base rate.

        Returns
        -------
        numpy.ndarray of float64, of shape (n_samples, 2)
            Intercept and slope.
        """
        near = (start[0] + start[1] * self.middle, start[1])
        lines = self._climb(np.tile(near, (len(self.loans), 1)))
        lost = np.isnan(lines[:, 0])
        if lost.any():
            others = self._take(lost)
            levels = logit(others.defaults[:, 0] / others.loans.sum(axis=1))
            lines[lost] = others._climb(np.stack((levels, np.zeros(len(levels))), axis=1))
        lines[:, 0] -= lines[:, 1] * self.middle
        return lines

    def _climb(self, lines: Floats) -> Floats:
        """Climb each likelihood; NaN where there is no way up."""
        found, going, samples = np.full(lines.shape, np.nan), np.arange(len(lines)), self
        for _ in range(_MAX_NEWTON_STEPS):
            steps = samples._find_newton_steps(lines)
            change = np.abs(steps[:, :1] + steps[:, 1:] * samples.ends).max(axis=1)
            long = change > _SHORT_STEP
            steps[long] *= (np.log1p(change[long]) / change[long])[:, np.newaxis]
            lines = lines + steps
            found[going[change < _TOLERANCE]] = lines[change < _TOLERANCE]
            goes_on = change >= _TOLERANCE
            if not goes_on.any():
                break
            going, lines, samples = going[goes_on], lines[goes_on], samples._take(goes_on)
        return found

    def _find_newton_steps(self, lines: Floats) -> Floats:
        # In place: that is faster than one new array after the other.
        predicted = lines @ -self.powers[:, :2].T
        with np.errstate(over="ignore"):
            np.exp(predicted, out=predicted)
        predicted += 1
        np.divide(1, predicted, out=predicted)
        expected = self.loans * predicted
        predicted *= expected
        curvature = np.subtract(expected, predicted, out=predicted)
        by_level, by_both, by_slope = (curvature @ self.powers).T
        level, slope = (self.defaults - expected @ self.powers[:, :2]).T
        determinant = by_level * by_slope - by_both**2
        determinant[~(determinant > 0)] = np.nan
        steps = np.stack(
            (by_slope * level - by_both * slope, by_level * slope - by_both * level), axis=1
        )
        steps /= determinant[:, np.newaxis]
        return steps

    def _take(self, chosen: npt.NDArray[np.bool_]) -> Self:
        return replace(
            self, loans=self.loans[chosen], defaults=self.defaults[chosen], ends=self.ends[chosen]
        )


def find_ends(weights: Floats) -> tuple[Integers, Integers]:
    """Find the first and the last place along the last axis that has a weight."""
    there = weights > 0
    return there.argmax(axis=-1), weights.shape[-1] - 1 - there[..., ::-1].argmax(axis=-1)
