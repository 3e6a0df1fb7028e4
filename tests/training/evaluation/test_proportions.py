"""Intervals of shares, ratios and differences: by hand, and by how often they hold the truth."""

import numpy as np
import pytest

from shared.release.evaluation import Measured
from training.evaluation.proportions import divide, divide_by_number, measure_share, subtract


def test_nothing_seen_in_few_loans_still_has_an_interval() -> None:
    measured = measure_share(np.zeros(20, bool), np.arange(20))

    assert measured.value == measured.low == 0
    assert measured.high == pytest.approx(0.1611, abs=1e-4)


def test_no_loans_have_no_share_and_no_ratio() -> None:
    nothing = measure_share(np.zeros(0, bool), np.arange(0))

    assert nothing == Measured(None)
    assert divide(nothing, Measured(0.5, 0.4, 0.6)) == Measured(None)
    assert subtract(Measured(0.5, 0.4, 0.6), nothing) == Measured(None)
    assert divide_by_number(nothing, 2.0) == Measured(None)
    assert divide_by_number(Measured(0.5, 0.4, 0.6), 0.0) == Measured(None)


def test_a_ratio_to_a_share_of_nothing_is_undefined() -> None:
    assert divide(Measured(0.5, 0.4, 0.6), Measured(0.0, 0.0, 0.1)) == Measured(None)


def test_intervals_over_persons_hold_the_truth_about_as_often_as_they_say() -> None:
    draw = np.random.default_rng(0)
    held = {"share": 0, "ratio": 0, "difference": 0}
    rounds = 300
    for _ in range(rounds):
        shares = []
        for mean in (0.9, 0.8):
            # Persons differ: each has a rate of their own, and twenty loans.
            rates = draw.beta(10 * mean, 10 * (1 - mean), size=150)
            hits = draw.random((150, 20)) < rates[:, None]
            shares.append(measure_share(hits.ravel(), np.repeat(np.arange(150), 20)))
        held["share"] += _holds(shares[0], 0.9)
        held["ratio"] += _holds(divide(*shares), 0.9 / 0.8)
        held["difference"] += _holds(subtract(*shares), 0.1)

    assert all(0.9 <= count / rounds <= 0.99 for count in held.values()), held


def _holds(measured: Measured, truth: float) -> bool:
    assert measured.low is not None
    assert measured.high is not None
    return measured.low <= truth <= measured.high
