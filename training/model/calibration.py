"""Calibration: a line through the log odds (Platt, 1999) that never turns their order round."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier

from shared.release.facts import CalibrationLine
from shared.release.features import STATUS
from training.model.protocol import Classifier, Floats

SLOPE_SPREAD = 0.25
"""Standard deviation of the slope's logarithm, before any loan is seen: around a slope of 1."""

INTERCEPT_SPREAD = 1.0
"""Standard deviation of the intercept, before any loan is seen: around 0."""

_CERTAIN = 1.96
"""The 95 % interval's half width, in standard errors."""

_LOANS_TO_BUILD_ON = 2
"""Of each class: scikit-learn makes a classifier complete by fitting it."""


def fit_line(log_odds: Floats, status: Floats) -> CalibrationLine:
    """Fit the line that turns a model's log odds into calibrated ones.

    Parameters
    ----------
    log_odds : numpy.ndarray of shape (n_loans,)
        Of persons that the model was not fitted on; may be empty.
    status : numpy.ndarray of shape (n_loans,)
        1 for not paid on time, 0 for paid on time.

    Returns
    -------
    CalibrationLine
        Its slope is above 0.

    Notes
    -----
    Most probable parameters under a log-normal prior of the slope around 1 and a normal prior of
    the intercept around 0: many defaults outweigh both, few hardly move them. Where the loans do
    not tell that the slope is above 0, it stays 1, and they set the intercept alone.
    """
    if not len(status):
        return CalibrationLine(1.0, 0.0)
    if _slope_is_positive(log_odds, status):
        start = np.zeros(2)
        log_slope, intercept = minimize(_loss, start, (log_odds, status), "BFGS", jac=True).x
        return CalibrationLine(float(np.exp(log_slope)), float(intercept))
    (intercept,) = minimize(_loss_of_intercept, np.zeros(1), (log_odds, status), "BFGS").x
    return CalibrationLine(1.0, float(intercept))


def _slope_is_positive(log_odds: Floats, status: Floats) -> bool:
    """Tell whether the interval of the slope, without any prior, lies above 0.

    The test is on the scores' mean difference between the classes, which is the score test of a
    slope of 0: it needs no fit, and holds where the classes part completely.
    """
    rate = status.mean()
    centred = log_odds - log_odds.mean()
    information = rate * (1 - rate) * (centred @ centred)
    gradient = centred @ (status - rate)
    return bool(information > 0 and gradient > _CERTAIN * np.sqrt(information))


def _loss(parameters: Floats, log_odds: Floats, status: Floats) -> tuple[float, Floats]:
    log_slope, intercept = parameters
    scaled = np.exp(log_slope) * log_odds
    error = expit(scaled + intercept) - status
    loss = _negative_log_likelihood(scaled + intercept, status)
    loss += (log_slope / SLOPE_SPREAD) ** 2 / 2 + (intercept / INTERCEPT_SPREAD) ** 2 / 2
    gradient = np.array(
        [
            error @ scaled + log_slope / SLOPE_SPREAD**2,
            error.sum() + intercept / INTERCEPT_SPREAD**2,
        ]
    )
    return loss / len(status), gradient / len(status)


def _loss_of_intercept(parameters: Floats, log_odds: Floats, status: Floats) -> float:
    return _loss(np.array([0.0, parameters[0]]), log_odds, status)[0]


def _negative_log_likelihood(log_odds: Floats, status: Floats) -> float:
    return float((np.logaddexp(0.0, log_odds) - status * log_odds).sum())


def calibrate(estimator: Any, line: CalibrationLine, training: pd.DataFrame) -> Classifier:
    """Put a line behind a fitted estimator, as one of scikit-learn's own classifiers.

    Parameters
    ----------
    estimator : scikit-learn classifier
        Fitted, with a `decision_function` that gives log odds.
    line : CalibrationLine
        From `fit_line`.
    training : pandas.DataFrame of shape (n_loans, n_columns)
        With the estimator's features and `status`: two loans of each class are needed.
    """
    status = training[STATUS].to_numpy()
    places = [np.flatnonzero(status == value)[:_LOANS_TO_BUILD_ON] for value in (0, 1)]
    few = training.iloc[np.sort(np.concatenate(places))]
    model = CalibratedClassifierCV(
        FrozenEstimator(estimator), method="sigmoid", cv=_LOANS_TO_BUILD_ON
    )
    # Fitting makes the classifier complete; what it fits to four loans is replaced.
    model.fit(few[list(estimator.feature_names_in_)], few[STATUS].astype(int))
    (sigmoid,) = model.calibrated_classifiers_[0].calibrators
    sigmoid.a_, sigmoid.b_ = -line.slope, -line.intercept
    fitted: Classifier = model
    return fitted


def take_off_calibration(model: Classifier) -> tuple[Any, CalibrationLine]:
    """Part a calibrated model, with or without a threshold on it, into estimator and line."""
    calibrated_model: Any = model
    if isinstance(calibrated_model, FixedThresholdClassifier):
        calibrated_model = calibrated_model.estimator_.estimator
    (calibrated,) = calibrated_model.calibrated_classifiers_
    (sigmoid,) = calibrated.calibrators
    line = CalibrationLine(-float(sigmoid.a_), -float(sigmoid.b_))
    return calibrated.estimator.estimator, line
