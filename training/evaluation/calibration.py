"""Whether probabilities mean what they say."""

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from training.evaluation.logistic_lines import Line, OverlappingSamples, find_ends
from training.evaluation.score_counts import Floats, ScoreCounts, divide_counts

_LEAST_PROBABILITY = float(np.finfo(np.float64).eps)
"""A certain prediction counts as this far from certain, as in scikit-learn's log loss."""

DIAGONAL: Line = (0.0, 1.0)
"""The line of a model that needs no correction."""


def measure_losses(counts: ScoreCounts) -> dict[str, Floats]:
    """Measure how far the probabilities lie from the outcomes, in every sample.

    Returns
    -------
    dict
        `brier`, 0 to 1: the mean squared distance; `log_loss`, 0 or more: the mean negative
        logarithm of the probability of the observed outcome. Both better when lower, NaN without
        loans.
    """
    n_loans = counts.loans.sum(axis=-1)
    squares = counts.paid @ counts.scores**2 + counts.defaults @ (1 - counts.scores) ** 2
    scores = _keep_from_certain(counts.scores)
    logarithms = counts.paid @ np.log1p(-scores) + counts.defaults @ np.log(scores)
    return {
        "brier": divide_counts(squares, n_loans),
        "log_loss": divide_counts(-logarithms, n_loans),
    }


def fit_recalibration(counts: ScoreCounts, start: Line = DIAGONAL) -> Floats:
    """Fit the line that would correct the predicted log-odds, in every sample.

    Parameters
    ----------
    counts : ScoreCounts
        Scores and outcomes.
    start : tuple of float
        An intercept and a slope near the answer, to get there sooner.

    Returns
    -------
    numpy.ndarray of float64, of shape (2,) or (n_samples, 2)
        Calibration intercept and slope: a logistic regression of the outcome on the logit of the
        prediction (Cox, "Two further applications of a model for binary regression", 1958).
        (0, 1) is perfect; a slope below 1 means too extreme predictions, at slope 1 an intercept
        below 0 too high ones. Both NaN where the likelihood has no single greatest value: for
        constant scores, or where no two loans of the two classes are in the wrong order.

    Notes
    -----
    Newton's method, a long step cut to ``log(1 + r) / r`` of itself, where ``r`` is the greatest
    change of a loan's log-odds. So it cannot overshoot (Sun and Tran-Dinh, "Generalized
    self-concordant functions", 2019). From a start so far off that the likelihood is flat to the
    last digit it finds no way; the line of the base rate is tried then.
    """
    lines = np.full((*counts.paid.shape[:-1], 2), np.nan)
    log_odds = logit(_keep_from_certain(counts.scores))
    fitted = _classes_overlap(counts, log_odds)
    if fitted.any():
        samples = OverlappingSamples.count(log_odds, counts.paid[fitted], counts.defaults[fitted])
        lines[fitted] = samples.fit_lines(start)
    return lines


def _classes_overlap(counts: ScoreCounts, log_odds: Floats) -> npt.NDArray[np.bool_]:
    if not len(log_odds):
        return np.zeros(counts.paid.shape[:-1], bool)
    both = counts.paid.any(axis=-1) & counts.defaults.any(axis=-1)
    least_paid, greatest_paid = (log_odds[end] for end in find_ends(counts.paid))
    least_late, greatest_late = (log_odds[end] for end in find_ends(counts.defaults))
    return both & (least_late < greatest_paid) & (least_paid < greatest_late)


def _keep_from_certain(scores: Floats) -> Floats:
    return scores.clip(_LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
