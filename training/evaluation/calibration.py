"""Whether probabilities mean what they say."""

import numpy as np
from scipy.special import expit, logit

from training.evaluation.score_counts import Floats, ScoreCounts

_LEAST_PROBABILITY = float(np.finfo(np.float64).eps)
"""A certain prediction counts as this far from certain, as in scikit-learn's log loss."""

_MAX_NEWTON_STEPS = 50
_SHORT_STEP = 0.5
"""In log-odds: from here on Newton's whole step is the shorter way."""

_TOLERANCE = 1e-6
"""A step that changes the log-odds by less leaves an error of about its square."""

Line = tuple[float, float]
"""Intercept and slope."""

DIAGONAL: Line = (0.0, 1.0)
"""The line of a model that needs no correction."""


def measure_losses(counts: ScoreCounts) -> dict[str, float]:
    """Measure how far the probabilities lie from the outcomes.

    Returns
    -------
    dict
        `brier`, 0 to 1: the mean squared distance; `log_loss`, 0 or more: the mean negative
        logarithm of the probability of the observed outcome. Both better when lower, NaN without
        loans.
    """
    n_loans = counts.loans.sum()
    if not n_loans:
        return {"brier": np.nan, "log_loss": np.nan}
    squares = counts.paid @ counts.scores**2 + counts.defaults @ (1 - counts.scores) ** 2
    scores = _keep_from_certain(counts.scores)
    logarithms = counts.paid @ np.log1p(-scores) + counts.defaults @ np.log(scores)
    return {"brier": float(squares / n_loans), "log_loss": float(-logarithms / n_loans)}


def fit_recalibration(counts: ScoreCounts, start: Line = DIAGONAL) -> Line:
    """Fit the line that would correct the predicted log-odds.

    Parameters
    ----------
    counts : ScoreCounts
        Scores and outcomes.
    start : tuple of float
        An intercept and a slope near the answer, to get there sooner.

    Returns
    -------
    tuple of float
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
    counts = _leave_out_empty(counts)
    log_odds = logit(_keep_from_certain(counts.scores))
    if not _classes_overlap(counts, log_odds):
        return np.nan, np.nan
    loans = counts.loans
    middle = float(loans @ log_odds / loans.sum())
    base_line = (float(logit(counts.defaults.sum() / loans.sum())), 0.0)
    for level, slope in ((start[0] + start[1] * middle, start[1]), base_line):
        line = _climb(counts.defaults, loans, log_odds - middle, (level, slope))
        if not np.isnan(line).any():
            break
    return line[0] - line[1] * middle, line[1]


def _climb(defaults: Floats, loans: Floats, centred: Floats, start: Line) -> Line:
    level, slope = start
    for _ in range(_MAX_NEWTON_STEPS):
        by_level, by_slope = _find_newton_step(defaults, loans, centred, (level, slope))
        change = float(np.abs(by_level + by_slope * centred[[0, -1]]).max())
        damping = np.log1p(change) / change if change > _SHORT_STEP else 1.0
        level, slope = level + damping * by_level, slope + damping * by_slope
        if change < _TOLERANCE:
            return float(level), float(slope)
    return np.nan, np.nan


def _find_newton_step(defaults: Floats, loans: Floats, centred: Floats, line: Line) -> Line:
    predicted = expit(line[0] + line[1] * centred)
    expected = loans * predicted
    missing = defaults - expected
    curvature = expected - expected * predicted
    leaning = curvature * centred
    by_level, by_both, by_slope = curvature.sum(), leaning.sum(), leaning @ centred
    determinant = by_level * by_slope - by_both**2
    if not determinant > 0:
        return np.nan, np.nan
    level, slope = missing.sum(), missing @ centred
    return (
        float((by_slope * level - by_both * slope) / determinant),
        float((by_level * slope - by_both * level) / determinant),
    )


def _leave_out_empty(counts: ScoreCounts) -> ScoreCounts:
    filled = np.flatnonzero(counts.loans)
    return ScoreCounts(counts.scores[filled], counts.paid[filled], counts.defaults[filled])


def _classes_overlap(counts: ScoreCounts, log_odds: Floats) -> bool:
    if not counts.has_both_classes:
        return False
    paid, defaults = log_odds[counts.paid > 0], log_odds[counts.defaults > 0]
    return bool(defaults[0] < paid[-1] and paid[0] < defaults[-1])


def _keep_from_certain(scores: Floats) -> Floats:
    return scores.clip(_LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
