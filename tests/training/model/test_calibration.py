"""The calibration line: never downwards, near 1 where little is known, and right where much is."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from training.model.calibration import calibrate, fit_line, take_off_calibration


def draw(n_loans: int, slope: float, intercept: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    log_odds = generator.normal(-4, 1, n_loans)
    status = generator.random(n_loans) < expit(slope * log_odds + intercept)
    return log_odds, status.astype(float)


@pytest.mark.parametrize("true_slope", [-2.0, -1.0, 0.0, 0.3, 1.0])
@pytest.mark.parametrize("n_loans", [30, 300, 3000])
def test_the_slope_is_positive_whatever_the_outcomes(n_loans: int, true_slope: float) -> None:
    lines = [fit_line(*draw(n_loans, true_slope, -1.0, seed)) for seed in range(20)]

    assert min(line.slope for line in lines) > 0


@pytest.mark.parametrize("true_slope", [-1.0, 0.0])
def test_a_slope_that_is_not_clearly_positive_is_not_used(true_slope: float) -> None:
    lines = [fit_line(*draw(3000, true_slope, -4.0, seed)) for seed in range(20)]

    assert sum(line.slope == 1.0 for line in lines) >= 18


def test_where_the_slope_is_not_used_the_level_still_is() -> None:
    log_odds, status = draw(20_000, 0.0, -2.0, seed=1)
    shuffled = np.random.default_rng(2).permutation(log_odds)

    line = fit_line(shuffled, status)

    assert line.slope == 1.0
    assert expit(shuffled + line.intercept).mean() == pytest.approx(status.mean(), rel=0.02)


@pytest.mark.parametrize("true_slope", [0.5, 1.0, 1.6])
def test_many_defaults_find_the_line_of_a_plain_logistic_regression(true_slope: float) -> None:
    log_odds, status = draw(300_000, true_slope, 0.5, seed=3)

    line = fit_line(log_odds, status)

    plain = LogisticRegression(C=np.inf).fit(log_odds[:, None], status)
    assert line.slope == pytest.approx(plain.coef_[0, 0], abs=0.03)
    assert line.intercept == pytest.approx(plain.intercept_[0], abs=0.1)


def test_few_defaults_hardly_move_the_line() -> None:
    slopes = [fit_line(*draw(300, 1.0, 0.0, seed)).slope for seed in range(50)]

    assert min(slopes) > 0.6
    assert max(slopes) < 1.7
    assert np.mean(slopes) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("log_odds", "status"),
    [([], []), ([-3.0] * 9, [0, 1] + [0] * 7), ([-3.0, -2.0], [0, 0]), ([-3.0, -2.0], [1, 1])],
    ids=["no loan", "equal scores", "no default", "defaults alone"],
)
def test_loans_that_tell_no_slope_leave_it_at_1(log_odds: list[float], status: list[int]) -> None:
    line = fit_line(np.array(log_odds), np.array(status, float))

    assert line.slope == 1.0
    assert np.isfinite(line.intercept)


def test_a_calibrated_classifier_gives_the_line_through_the_estimators_log_odds() -> None:
    generator = np.random.default_rng(0)
    loans = pd.DataFrame({"a": generator.normal(size=500)})
    loans["status"] = (generator.random(500) < expit(loans["a"])).astype(float)
    estimator = LogisticRegression().fit(loans[["a"]], loans["status"])
    line = fit_line(estimator.decision_function(loans[["a"]]) + 1, loans["status"].to_numpy())

    model = calibrate(estimator, line, loans)

    expected = line.slope * estimator.decision_function(loans[["a"]]) + line.intercept
    np.testing.assert_allclose(logit(model.predict_proba(loans[["a"]])[:, 1]), expected, atol=1e-9)
    assert take_off_calibration(model) == (estimator, line)
