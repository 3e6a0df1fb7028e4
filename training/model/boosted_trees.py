"""The model: gradient-boosted trees on the named features, calibrated on other persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator

from shared.release.facts import CalibrationLine, ModelFacts
from shared.release.features import FEATURES, MODEL_FEATURES, STATUS
from training.model.classifier import Classifier

SEED = 20220308

MIN_CALIBRATION_DEFAULTS = 25
"""With fewer among the calibrating persons, the training loans calibrate too."""

_SIGNED = sorted(FEATURES.values(), key=lambda feature: -feature.sign)
MONOTONIC = {feature.name: feature.sign for feature in _SIGNED if feature.sign}
"""The sign of a feature's effect on the risk, where it is known: more unpaid loans never lower
it, being older never raises it."""

_PARAMETERS: dict[str, Any] = {
    "learning_rate": 0.06,
    "max_iter": 60,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 200,
    "l2_regularization": 5.0,
    "early_stopping": False,
    "random_state": SEED,
}


def make_trees(features: Sequence[str] = MODEL_FEATURES) -> HistGradientBoostingClassifier:
    """Set up the trees that are to be grown on these features, in this order."""
    return HistGradientBoostingClassifier(**_set_parameters(features))


def _set_parameters(features: Sequence[str]) -> dict[str, Any]:
    return _PARAMETERS | {
        "monotonic_cst": {name: sign for name, sign in MONOTONIC.items() if name in features}
    }


def fit_model(training: pd.DataFrame, calibration: pd.DataFrame) -> Classifier:
    """Grow the trees, then calibrate their probabilities on other persons.

    Parameters
    ----------
    training, calibration : pandas.DataFrame of shape (n_loans, n_columns)
        With the columns of `MODEL_FEATURES`, missing values NaN, and `status`: 1 for not paid on
        time, 0 for paid on time.

    Notes
    -----
    Shallow trees, a slow rate, many loans in a leaf: at a base rate of 1.5 % a small leaf holds
    no default at all. No early stopping, as its random split would put one person on both sides.
    Loss is the log loss on the loans as they are, unweighted, so that scores are probabilities.
    Calibration is a straight line through the log odds (Platt, 1999), which keeps their order.
    """
    trees = make_trees()
    trees.fit(training[list(MODEL_FEATURES)], training[STATUS])
    loans = calibration
    if calibration[STATUS].sum() < MIN_CALIBRATION_DEFAULTS:
        loans = pd.concat([training, calibration])
    model = CalibratedClassifierCV(FrozenEstimator(trees), method="sigmoid")
    fitted: Classifier = model.fit(loans[list(MODEL_FEATURES)], loans[STATUS])
    return fitted


@dataclass(frozen=True, slots=True)
class FittedTrees:
    """What a fitted model is made of: the probability is the logistic of a line through trees.

    Attributes
    ----------
    baseline : float
        The log odds before any tree.
    trees : list of structured numpy.ndarray
        The nodes of each, the root first.
    slope, intercept : float
        The calibration's line through the sum of baseline and trees.

    Notes
    -----
    scikit-learn has no public access to these. The version is pinned, and every release is only
    complete when the scorer that is made of them scores as the written model does.
    """

    baseline: float
    trees: list[Any]
    slope: float
    intercept: float

    @classmethod
    def of(cls, model: Classifier) -> Self:
        """Take a fitted model apart."""
        calibrated_model: Any = model
        (calibrated,) = calibrated_model.calibrated_classifiers_
        (line,) = calibrated.calibrators
        trees = calibrated.estimator.estimator
        return cls(
            float(trees._baseline_prediction.item()),
            [each[0].nodes for each in trees._predictors],
            -float(line.a_),
            -float(line.b_),
        )


def describe_model(model: Classifier) -> ModelFacts:
    """State the model's kind and parameters, for the manifest."""
    fitted = FittedTrees.of(model)
    return ModelFacts(
        kind="HistGradientBoostingClassifier",
        parameters=_set_parameters(MODEL_FEATURES),
        calibration=CalibrationLine(fitted.slope, fitted.intercept),
    )
