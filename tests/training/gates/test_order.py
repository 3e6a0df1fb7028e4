"""The order gates: more unpaid loans never lower the risk, and calibration keeps the order."""

from typing import Any

import numpy as np

from shared.release.facts import CalibrationLine
from shared.release.features import FEATURES, MODEL_FEATURES
from tests.support.unconstrained_models import APPLICANTS, draw_status, fit_unconstrained
from training.gates.order import (
    RISING_FEATURES,
    find_lowered,
    judge_calibrated_order,
    judge_unpaid,
)
from training.model.baseline import fit_logistic_regression
from training.model.boosted_trees import fit_model
from training.model.calibration import calibrate
from training.model.classifier import Classifier, predict_default

UNPAID = RISING_FEATURES[0]
RISES = draw_status(0.05 + 0.4 * (APPLICANTS[UNPAID] > APPLICANTS[UNPAID].median()))
FALLS = draw_status(0.45 - 0.4 * (APPLICANTS[UNPAID] > APPLICANTS[UNPAID].median()))


def turn_around(model: Classifier) -> Classifier:
    """Invert a model as a calibration with a negative slope does."""
    turned: Any = model
    (calibrated,) = turned.calibrated_classifiers_
    (line,) = calibrated.calibrators
    line.a_ = -line.a_
    return model


def test_the_features_that_rise_with_unpaid_loans_are_the_signed_ones() -> None:
    assert {FEATURES[name].sign for name in RISING_FEATURES} == {1}


def test_the_constrained_model_keeps_the_order_even_where_the_risk_falls() -> None:
    model = fit_model(APPLICANTS.assign(status=FALLS), APPLICANTS.assign(status=FALLS))

    gate = judge_unpaid(model, APPLICANTS)

    assert (gate.measured, gate.verdict) == (0.0, "passed")


def test_a_model_whose_risk_falls_with_unpaid_loans_is_stopped() -> None:
    gate = judge_unpaid(fit_unconstrained(FALLS), APPLICANTS)

    assert gate.verdict == "stopped"
    assert gate.measured


def test_it_finds_the_same_users_as_trying_every_value() -> None:
    draw = np.random.default_rng(3)
    bad = draw.random(200)[APPLICANTS[UNPAID].astype(int)] * (APPLICANTS["flag_own_car"] > 0)
    model = fit_unconstrained(draw_status(bad))
    users = APPLICANTS.head(80)

    found = find_lowered(model, users)

    expected = np.zeros(len(users), bool)
    for name in RISING_FEATURES:
        highest = 60.0 if FEATURES[name].whole else 1.0
        steps = np.arange(61.0) if FEATURES[name].whole else np.linspace(0, highest, 2001)
        risks = [predict_default(model, users.assign(**{name: value})) for value in steps]
        expected |= (np.diff(np.array(risks), axis=0) < 0).any(axis=0)
    assert found.tolist() == expected.tolist()


def test_an_inverted_calibration_is_stopped_by_both() -> None:
    model = turn_around(fit_model(APPLICANTS.assign(status=RISES), APPLICANTS.assign(status=RISES)))

    assert judge_calibrated_order(model).verdict == "stopped"
    assert judge_unpaid(model, APPLICANTS).verdict == "stopped"


def test_a_calibration_that_keeps_the_order_passes() -> None:
    model = fit_model(APPLICANTS.assign(status=RISES), APPLICANTS.assign(status=RISES))

    assert judge_calibrated_order(model).verdict == "passed"


def test_a_logistic_regression_is_judged_too() -> None:
    training = APPLICANTS[list(MODEL_FEATURES)].assign(status=RISES)
    model = calibrate(fit_logistic_regression(training), CalibrationLine(1.0, 0.0), training)

    assert judge_calibrated_order(model).verdict == "passed"
    assert judge_unpaid(model, APPLICANTS).verdict == "passed"
    assert judge_unpaid(turn_around(model), APPLICANTS).verdict == "stopped"
