"""How good predictions are, and how sure that is, on loans that fall into persons."""

from itertools import chain

import numpy as np
import numpy.typing as npt

from shared.release.evaluation import Slice
from training.evaluation.bootstrap import bound, draw_persons, number_persons
from training.evaluation.calibration import DIAGONAL, fit_recalibration, measure_losses
from training.evaluation.discrimination import (
    measure_ranking,
    trace_precision_recall,
    trace_roc,
)
from training.evaluation.logistic_lines import Line
from training.evaluation.reliability import describe_reliability
from training.evaluation.score_counts import Floats, ScoreCounts, ScoredLoans, divide_counts
from training.model.boosted_trees import SEED

ROUNDS = 200

RESAMPLED_SCORES = 2_000
"""The most distinct scores that samples are counted by: a line scores every loan differently."""


def measure(  # noqa: PLR0913 -- three columns of loans, the rule, and how to resample
    status: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    persons: npt.ArrayLike,
    threshold: float,
    *,
    rounds: int = ROUNDS,
    seed: int = SEED,
) -> Slice:
    """Measure predictions, with intervals that know that one person's loans are alike.

    Parameters
    ----------
    status : array of shape (n_loans,)
        1 for not paid on time, 0 for paid on time.
    probabilities : array of shape (n_loans,)
        Predicted probability of default.
    persons : array of shape (n_loans,)
        Whose loan it is: anything that can be sorted.
    threshold : float
        The probability of default from which on a loan counts as refused.
    rounds : int
        How often the persons are drawn anew.
    seed : int
        Of the drawing; the same seed gives the same intervals.

    Returns
    -------
    Slice
        With the metrics of `measure_counts`. A value that is undefined for these loans is None,
        and so are the bounds that fewer than half of the rounds, or only one person, tell.

    Raises
    ------
    ValueError
        When a status is neither 0 nor 1, or a probability is not between 0 and 1.

    Notes
    -----
    The bounds are percentiles of the metric over `rounds` samples of persons, drawn with
    replacement, each with all their loans (Field and Welsh, "Bootstrapping clustered data", 2007).
    Loans drawn one by one would give too narrow intervals. A metric that noise can only raise, as
    `ks`, may lie near its lower bound or even below it where defaults are few.
    """
    loans = ScoredLoans.sort(status, probabilities)
    n_persons, person = number_persons(persons)
    counts = loans.count()
    values = measure_counts(counts, threshold)
    told_line = (float(values["calibration_intercept"]), float(values["calibration_slope"]))
    start = DIAGONAL if np.isnan(told_line).any() else told_line
    coarse = loans.coarsen(RESAMPLED_SCORES, threshold)
    samples = coarse.count_samples(person, draw_persons(n_persons, rounds, seed))
    resampled = [measure_counts(some, threshold, start) for some in samples]
    return Slice(
        n_loans=len(loans.status),
        n_defaults=int(loans.status.sum()),
        n_persons=n_persons,
        metrics={
            name: bound(float(value), [*chain.from_iterable(some[name] for some in resampled)])
            for name, value in values.items()
        },
        reliability=describe_reliability(loans, person),
        roc=trace_roc(counts),
        precision_recall=trace_precision_recall(counts),
    )


def measure_counts(
    counts: ScoreCounts, threshold: float, start: Line = DIAGONAL
) -> dict[str, Floats]:
    """Measure counted predictions, in every sample.

    Parameters
    ----------
    counts : ScoreCounts
        Scores and outcomes.
    threshold : float
        The probability of default from which on a loan counts as refused.
    start : tuple of float
        Where to look first for the calibration's intercept and slope.

    Returns
    -------
    dict
        The metrics of `measure_ranking` and `measure_losses`; `calibration_slope` and
        `calibration_intercept` of `fit_recalibration`; `precision`, the share of defaults among
        the refused; `recall`, the share of refused among the defaults; `approval_rate`;
        `base_rate`, the share of defaults. NaN where undefined.
    """
    line = fit_recalibration(counts, start)
    return {
        **measure_ranking(counts),
        **measure_losses(counts),
        "calibration_slope": line[..., 1],
        "calibration_intercept": line[..., 0],
        **_measure_decisions(counts, threshold),
    }


def _measure_decisions(counts: ScoreCounts, threshold: float) -> dict[str, Floats]:
    refused = slice(np.searchsorted(counts.scores, threshold), None)
    n_paid, n_defaults = counts.paid.sum(axis=-1), counts.defaults.sum(axis=-1)
    n_wrong = counts.paid[..., refused].sum(axis=-1)
    n_found = counts.defaults[..., refused].sum(axis=-1)
    n_loans, n_refused = n_paid + n_defaults, n_wrong + n_found
    return {
        "precision": divide_counts(n_found, n_refused),
        "recall": divide_counts(n_found, n_defaults),
        "approval_rate": divide_counts(n_loans - n_refused, n_loans),
        "base_rate": divide_counts(n_defaults, n_loans),
    }
