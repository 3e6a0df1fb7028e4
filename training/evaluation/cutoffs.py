"""What deciding at another threshold would mean: approvals, defaults, cost."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit

from shared.release.evaluation import Confusion, Cutoff, CutoffFacts, Tenth
from training.evaluation.bootstrap import bound_each, number_persons, resample_sums
from training.evaluation.score_counts import Floats, Integers, divide_counts
from training.model.boosted_trees import SEED
from training.model.decision import DecisionRule

ROUNDS = 200
COST_FACTORS = (0.2, 0.5, 2.0, 5.0)
"""The other costs of a missed default that are reckoned with, in units of the one that is set."""

_STEPS_EACH_SIDE = 10
_STEP_LOG_ODDS = 0.25
_N_TENTHS = 10


def describe_cutoffs(
    status: Integers, probabilities: Floats, persons: npt.NDArray[np.generic], rule: DecisionRule
) -> CutoffFacts | None:
    """Describe what thresholds around the chosen one do on loans whose outcome is known.

    Parameters
    ----------
    status : numpy.ndarray of int64, of shape (n_loans,)
        1 for not paid on time, 0 for paid on time.
    probabilities : numpy.ndarray of float64, of shape (n_loans,)
        Predicted probability of default.
    persons : numpy.ndarray of shape (n_loans,)
        Whose loan it is.
    rule : DecisionRule
        The chosen one.

    Returns
    -------
    CutoffFacts or None
        With 95 % intervals over persons; None without loans.
    """
    if not len(status):
        return None
    around = logit(rule.threshold) + _STEP_LOG_ODDS * np.arange(
        -_STEPS_EACH_SIDE, _STEPS_EACH_SIDE + 1
    )
    thresholds = [float(one) for one in expit(around)]
    thresholds[_STEPS_EACH_SIDE] = rule.threshold
    others = [DecisionRule(rule.cost_ratio * factor) for factor in COST_FACTORS]
    decided = [ThresholdTrial(thresholds, rule.cost_ratio)] + [
        ThresholdTrial([other.threshold], other.cost_ratio) for other in others
    ]
    chosen, *rest = measure_trials(decided, status, probabilities, persons)
    refused = rule.decide(probabilities)
    return CutoffFacts(
        chosen,
        [cutoffs[0] for cutoffs in rest],
        _count_confusion(status, refused),
        describe_tenths(status, probabilities),
    )


class ThresholdTrial:
    """Thresholds, and the cost of a missed default, to be tried on loans.

    Parameters
    ----------
    thresholds : list of float
        Ascending.
    cost_ratio : float
        Cost of a missed default in units of a refused good payer.
    """

    def __init__(self, thresholds: list[float], cost_ratio: float) -> None:
        self._thresholds = thresholds
        self._cost_ratio = cost_ratio

    def measure(self, counts: Floats, drawn: Floats) -> list[Cutoff]:
        """Measure every threshold, with 95 % intervals.

        Parameters
        ----------
        counts : numpy.ndarray of float64, of shape (2 * (n_thresholds + 1),)
            All persons' counts, from `count_by_person`.
        drawn : numpy.ndarray of float64, of shape (n_rounds, 2 * (n_thresholds + 1))
            Those of each sample of persons.
        """
        values, resampled = self._measure_counts(counts), self._measure_counts(drawn)
        bounds = {name: bound_each(values[name], resampled[name]) for name in values}
        return [
            Cutoff(threshold, self._cost_ratio, **{name: bounds[name][place] for name in bounds})
            for place, threshold in enumerate(self._thresholds)
        ]

    def count_by_person(self, status: Integers, probabilities: Floats, person: Integers) -> Floats:
        """Count loans by person, by how many thresholds they reach, and by outcome."""
        n_bins = len(self._thresholds) + 1
        reached = np.searchsorted(self._thresholds, probabilities, side="right")
        cells = np.bincount(
            (person * n_bins + reached) * 2 + status, minlength=(person.max() + 1) * n_bins * 2
        )
        return cells.reshape(-1, n_bins * 2).astype(np.float64)

    def _measure_counts(self, counts: Floats) -> dict[str, Floats]:
        by_bin = counts.reshape(*counts.shape[:-1], -1, 2)
        # A loan is approved at a threshold that it does not reach.
        approved_good, approved_bad = np.moveaxis(by_bin.cumsum(axis=-2)[..., :-1, :], -1, 0)
        good, bad = np.moveaxis(by_bin.sum(axis=-2, keepdims=True), -1, 0)
        approved = approved_good + approved_bad
        refused_good, refused_bad = good - approved_good, bad - approved_bad
        n_loans = good + bad
        cost = refused_good + self._cost_ratio * approved_bad
        return {
            "approval_rate": divide_counts(approved, n_loans),
            "bad_rate": divide_counts(approved_bad, approved),
            "precision": divide_counts(refused_bad, refused_good + refused_bad),
            "recall": divide_counts(refused_bad, bad),
            "expected_cost": divide_counts(cost, n_loans),
        }


def measure_trials(
    trials: Sequence[ThresholdTrial],
    status: Integers,
    probabilities: Floats,
    persons: npt.NDArray[np.generic],
) -> list[list[Cutoff]]:
    """Measure several trials on the same loans, and on the same samples of persons."""
    _, person = number_persons(persons)
    counts = [one.count_by_person(status, probabilities, person) for one in trials]
    ends = np.cumsum([one.shape[1] for one in counts])[:-1]
    drawn = np.split(resample_sums(np.hstack(counts), ROUNDS, SEED), ends, axis=1)
    return [
        trial.measure(one.sum(axis=0), some)
        for trial, one, some in zip(trials, counts, drawn, strict=True)
    ]


def describe_tenths(status: Integers, probabilities: Floats) -> list[Tenth]:
    """Describe how defaults concentrate in the riskiest tenths of the loans.

    Notes
    -----
    Loans of one score share its defaults evenly, so their order in the file does not matter.
    """
    place, scores = pd.factorize(-probabilities, sort=True)
    n_by_score = np.bincount(place, minlength=len(scores))
    mean_status = np.bincount(place, weights=status) / n_by_score
    ordered = mean_status[np.sort(place)]
    tenths = [part for part in np.array_split(ordered, _N_TENTHS) if len(part)]
    n_defaults, rate = float(status.sum()), float(status.mean())
    found = np.cumsum([part.sum() for part in tenths])
    return [
        Tenth(
            n_loans=len(part),
            n_defaults=round(float(part.sum())),
            lift=float(part.mean() / rate) if rate else 0.0,
            gain=float(sum_ / n_defaults) if n_defaults else 0.0,
        )
        for part, sum_ in zip(tenths, found, strict=True)
    ]


def _count_confusion(status: Integers, refused: Integers) -> Confusion:
    counts = np.bincount(2 * refused + status, minlength=4)
    return Confusion(*(int(count) for count in counts))
