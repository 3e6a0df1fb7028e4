"""Losses and recalibration, compared with scikit-learn and computed by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.metrics import brier_score_loss, log_loss

from tests.support.scored_loans import DrawnLoans, draw_loans
from training.evaluation.calibration import fit_recalibration, measure_losses
from training.evaluation.score_counts import ScoredLoans

# With more extreme scores the oracle's optimiser does not converge.
MODERATE_SCORES = st.sampled_from([0.01, 0.02, 1 / 21, 0.3, 0.5, 0.9])


@given(draw_loans())
def test_losses_equal_scikit_learns(drawn: DrawnLoans) -> None:
    status, probabilities, weights = drawn

    losses = measure_losses(drawn.counts())

    brier = brier_score_loss(status, probabilities, sample_weight=weights, labels=[0, 1])
    logarithmic = log_loss(status, probabilities, sample_weight=weights, labels=[0, 1])
    assert losses["brier"] == pytest.approx(brier)
    assert losses["log_loss"] == pytest.approx(logarithmic)


@settings(max_examples=40)
@given(draw_loans(MODERATE_SCORES))
def test_no_other_line_has_a_higher_likelihood(drawn: DrawnLoans) -> None:
    intercept, slope = fit_recalibration(drawn.counts())

    if not _overlap(drawn):
        assert np.isnan([intercept, slope]).all()
        return

    def cost(line: tuple[float, float]) -> float:
        log_odds = line[0] + line[1] * logit(drawn.probabilities)
        signs = np.where(drawn.status == 1, -log_odds, log_odds)
        return float(drawn.weights @ np.logaddexp(0, signs))

    best = minimize(cost, (0.0, 0.0), method="Nelder-Mead", options={"fatol": 1e-10})
    assert cost((intercept, slope)) <= best.fun + 1e-9


@given(draw_loans(), st.floats(-30, 30), st.floats(-30, 30))
def test_the_same_line_is_found_from_any_start(
    drawn: DrawnLoans, intercept: float, slope: float
) -> None:
    line = fit_recalibration(drawn.counts())
    again = fit_recalibration(drawn.counts(), start=(intercept, slope))

    assert np.isnan(line).any() == (not _overlap(drawn))
    assert again == pytest.approx(line, rel=1e-5, abs=1e-5, nan_ok=True)


def test_doubled_log_odds_give_a_slope_of_one_half() -> None:
    # 1, 5 and 9 defaults in 10 loans: exactly what the undistorted probabilities predict.
    truth = np.repeat([0.1, 0.5, 0.9], 10)
    status = np.concatenate([np.arange(10) < 10 * rate for rate in (0.1, 0.5, 0.9)])

    exact = fit_recalibration(ScoredLoans.sort(status, truth).count())
    doubled = fit_recalibration(ScoredLoans.sort(status, expit(2 * logit(truth))).count())
    raised = fit_recalibration(ScoredLoans.sort(status, expit(1 + logit(truth))).count())

    assert exact == pytest.approx((0, 1))
    assert doubled == pytest.approx((0, 0.5))
    assert raised == pytest.approx((-1, 1))


@pytest.mark.parametrize(
    ("status", "probabilities"),
    [
        ([], []),
        ([0, 0], [0.1, 0.2]),
        ([0, 1, 0], [0.3, 0.3, 0.3]),
        ([0, 0, 1], [0.1, 0.2, 0.2]),
        ([1, 0, 0], [0.1, 0.2, 0.3]),
        # Two neighbouring numbers with the same log-odds.
        ([0, 0, 1], [0.01, 0.000900200100050025, 0.0009002001000500251]),
    ],
)
def test_without_a_unique_best_line_there_is_none(
    status: list[int], probabilities: list[float]
) -> None:
    counts = ScoredLoans.sort(np.array(status, dtype=int), probabilities).count()

    assert np.isnan(fit_recalibration(counts)).all()


def test_losses_of_no_loans_are_undefined() -> None:
    counts = ScoredLoans.sort(np.array([], dtype=int), []).count()

    assert np.isnan(list(measure_losses(counts).values())).all()


def _overlap(drawn: DrawnLoans) -> bool:
    rows = [row for row in zip(*drawn, strict=True) if row[2]]
    # Neighbouring probabilities may share their log-odds, and are equal then.
    paid = [logit(score) for late, score, _ in rows if not late]
    late = [logit(score) for late, score, _ in rows if late]
    return bool(paid and late and min(late) < max(paid) and min(paid) < max(late))
