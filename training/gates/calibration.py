"""Whether the probabilities mean what they say: their slope, and their level."""

import numpy as np

from shared.release.evaluation import Measured, Slice
from shared.release.facts import Gate
from training.evaluation.rates import compare_rates, sum_by_person
from training.gates.judged_loans import JudgedLoans
from training.gates.judging import ENOUGH_PERSONS, judge_range, soften

SLOPE_WARNS, SLOPE_STOPS = (0.8, 1.25), (0.6, 5 / 3)
LEVEL_WARNS, LEVEL_STOPS = (0.8, 1.25), (2 / 3, 1.5)


def judge_slope(test: Slice, n_persons: int) -> Gate:
    """Hold the calibration slope on unseen persons against its limits.

    Parameters
    ----------
    test : Slice
        The figures of the test loans.
    n_persons : int
        How many persons defaulted among them.
    """
    slope = test.metrics["calibration_slope"]
    gate = judge_range("calibration_slope", slope, SLOPE_WARNS, SLOPE_STOPS)
    return soften(gate) if n_persons < ENOUGH_PERSONS else gate


def measure_level(test: JudgedLoans) -> Measured:
    """Divide the test loans' rate of defaults by the predicted one; 1 is perfect."""
    _, person = np.unique(test.persons, return_inverse=True)
    n_persons = int(person.max(initial=-1)) + 1
    loans = sum_by_person(person, np.ones(len(person)), n_persons)
    observed = sum_by_person(person, test.status, n_persons)
    predicted = sum_by_person(person, test.scores, n_persons)
    return compare_rates(observed, loans, predicted, loans, 0.05)


def judge_level(test: JudgedLoans) -> Gate:
    """Hold the level of the probabilities against the outcomes of the test loans."""
    return judge_range("calibration_level", measure_level(test), LEVEL_WARNS, LEVEL_STOPS)
