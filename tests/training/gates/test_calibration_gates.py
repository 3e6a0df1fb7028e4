"""The calibration gates: the slope, and the level against the outcomes."""

import numpy as np
import pytest

from shared.release.evaluation import Measured
from shared.release.facts import Verdict
from tests.support.slices import make_slice
from training.gates.calibration import judge_level, judge_slope
from training.gates.judged_loans import JudgedLoans
from training.gates.judging import ENOUGH_PERSONS


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.9, 1.1, "passed"),
        (0.5, 0.59, "stopped"),
        (0.5, 0.79, "warned"),
        (0.5, 0.8, "passed"),
        (1.25, 1.5, "passed"),
        (1.26, 1.5, "warned"),
        (1.7, 1.9, "stopped"),
        (0.1, 2.0, "warned"),
    ],
)
def test_a_slope_stops_only_when_its_whole_interval_is_outside_the_limits(
    low: float, high: float, verdict: Verdict
) -> None:
    slope = Measured((low + high) / 2, low, high)

    gate = judge_slope(make_slice(calibration_slope=slope), ENOUGH_PERSONS)

    assert (gate.name, gate.measured, gate.verdict) == ("calibration_slope", slope.value, verdict)


def test_with_few_defaulting_persons_a_slope_only_warns() -> None:
    test = make_slice(calibration_slope=Measured(0.4, 0.3, 0.5))

    assert judge_slope(test, ENOUGH_PERSONS - 1).verdict == "warned"


def draw_loans(seed: int, factor: float, n_persons: int = 2000) -> JudgedLoans:
    """Draw persons of five loans each whose risk is predicted as a factor too low."""
    draw = np.random.default_rng(seed)
    rate = draw.beta(0.4, 8, n_persons).repeat(5)
    status = (draw.random(len(rate)) < rate).astype(np.int64)
    scores = (rate / factor).clip(0, 1)
    return JudgedLoans(status, np.arange(n_persons, dtype=np.uint64).repeat(5), scores)


@pytest.mark.parametrize("factor", [0.4, 2.86])
def test_a_wrong_level_is_stopped(factor: float) -> None:
    verdicts = [judge_level(draw_loans(seed, factor)).verdict for seed in range(20)]

    assert verdicts == ["stopped"] * 20


def test_a_right_level_is_not_stopped_however_few_the_persons() -> None:
    verdicts = [
        judge_level(draw_loans(seed, 1.0, n)).verdict for n in (12, 60, 2000) for seed in range(60)
    ]

    assert verdicts.count("stopped") <= 3


def test_many_loans_without_a_default_are_stopped() -> None:
    loans = draw_loans(0, 1.0)
    paid = JudgedLoans(np.zeros_like(loans.status), loans.persons, loans.scores)

    gate = judge_level(paid)

    assert (gate.measured, gate.verdict) == (0.0, "stopped")


def test_few_loans_without_a_default_warn() -> None:
    loans = draw_loans(0, 1.0, 12)
    paid = JudgedLoans(np.zeros_like(loans.status), loans.persons, loans.scores)

    assert judge_level(paid).verdict == "warned"


def test_a_level_that_cannot_be_told_warns() -> None:
    nothing = JudgedLoans(np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0))

    gate = judge_level(nothing)

    assert (gate.measured, gate.verdict) == (None, "warned")
