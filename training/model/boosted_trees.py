"""The model: boosted trees, or a logistic regression where that predicts better, calibrated."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from shared.release.facts import CalibrationLine, ModelFacts
from shared.release.features import FEATURES, MODEL_FEATURES, STATUS
from training.model.baseline import (
    LOGISTIC_REGRESSION,
    LOWEST,
    PENALTY,
    fit_logistic_regression,
)
from training.model.calibration import calibrate, fit_line, take_off_calibration
from training.model.classifier import Classifier
from training.model.informative import find_uninformative
from training.model.selection import (
    MIN_CALIBRATION_DEFAULTS,
    Fit,
    Persons,
    Sample,
    Trial,
    conduct_trial,
    predict_log_odds,
)

SEED = 20220308

_SIGNED = sorted(FEATURES.values(), key=lambda feature: -feature.sign)
MONOTONIC = {feature.name: feature.sign for feature in _SIGNED if feature.sign}
"""The sign of a feature's effect on the risk, where it is known: more unpaid loans never lower
it, being older never raises it."""

LEAF_SIZES = (50, 200)
"""The fewest loans in a leaf, to choose from."""

MIN_DEFAULTS_FOR_TREES = 500
"""With fewer among the training loans, trees are only served if they are clearly better."""

_PARAMETERS: dict[str, Any] = {
    "learning_rate": 0.1,
    "max_iter": 100,
    "max_leaf_nodes": 4,
    "min_samples_leaf": LEAF_SIZES[0],
    "l2_regularization": 20.0,
    "early_stopping": False,
    "random_state": SEED,
}


def make_trees(features: Sequence[str] = MODEL_FEATURES) -> HistGradientBoostingClassifier:
    """Set up the trees that are to be grown on these features, in this order."""
    signs = {name: sign for name, sign in MONOTONIC.items() if name in features}
    return HistGradientBoostingClassifier(**_PARAMETERS, monotonic_cst=signs)


def grow_trees(training: pd.DataFrame, leaf_size: int) -> HistGradientBoostingClassifier:
    """Grow the trees.

    Notes
    -----
    On one thread: with more, the sums of the gradients are put together in another order, so that
    the trees would depend on the number of cores. A feature that says nothing is held constant,
    as it may be missing throughout, and no tree asks for it.
    """
    features = training[list(MODEL_FEATURES)].assign(
        **dict.fromkeys(find_uninformative(training), 0.0)
    )
    trees = make_trees().set_params(min_samples_leaf=leaf_size)
    with threadpool_limits(1):
        return trees.fit(features, training[STATUS].astype(int))


TREES = {f"trees_with_leaves_of_{size}": partial(grow_trees, leaf_size=size) for size in LEAF_SIZES}
CANDIDATES: dict[str, Fit] = {LOGISTIC_REGRESSION: fit_logistic_regression, **TREES}


def fit_model(
    training: pd.DataFrame,
    calibration: pd.DataFrame,
    persons: Persons | None = None,
    calibration_persons: Persons | None = None,
) -> Classifier:
    """Fit the model that predicts unseen persons best, and calibrate it on other persons.

    Parameters
    ----------
    training, calibration : pandas.DataFrame of shape (n_loans, n_columns)
        With the columns of `MODEL_FEATURES`, missing values NaN, and `status`: 1 for not paid on
        time, 0 for paid on time.
    persons, calibration_persons : numpy.ndarray of uint64, of shape (n_loans,), optional
        Who took each loan; by default a person per loan.

    Notes
    -----
    Shallow trees, as effects mostly add up. No early stopping, as its random split would put one
    person on both sides. Loss is the log loss on the loans as they are, unweighted, so that scores
    are probabilities. Few defaults do not carry trees: there the logistic regression is served,
    unless trees predict persons left out better, and elsewhere the other way round.
    """
    with threadpool_limits(1):
        trial, fitted = conduct_trial(
            CANDIDATES,
            Sample.of(training, persons),
            Sample.of(calibration, calibration_persons),
            SEED,
        )
        name = _choose(trial, int(training[STATUS].sum()))
        estimator = fitted[name] if fitted else CANDIDATES[name](training)
        line = _fit_calibration(estimator, calibration, trial, name)
        model: Any = calibrate(estimator, line, training[[*MODEL_FEATURES, STATUS]])
    # Plain objects: whoever loads the model needs none of our code.
    model.selection_ = {
        "log_loss_on_persons_left_out": trial.losses,
        "unused_features": find_uninformative(training),
    }
    calibrated: Classifier = model
    return calibrated


def _choose(trial: Trial, n_defaults: int) -> str:
    losses = trial.losses
    best_trees = min(TREES, key=lambda name: losses.get(name, 0.0))
    if n_defaults < MIN_DEFAULTS_FOR_TREES:
        return trial.choose(LOGISTIC_REGRESSION, best_trees)
    return trial.choose(best_trees, LOGISTIC_REGRESSION)


def _fit_calibration(
    estimator: Any, calibration: pd.DataFrame, trial: Trial, name: str
) -> CalibrationLine:
    log_odds = predict_log_odds(estimator, calibration)
    status = calibration[STATUS].to_numpy(np.float64)
    if status.sum() < MIN_CALIBRATION_DEFAULTS and trial.log_odds:
        log_odds = np.concatenate([log_odds, trial.log_odds[name]])
        status = np.concatenate([status, trial.status])
    return fit_line(log_odds, status)


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
        trees, line = take_off_calibration(model)
        return cls(
            float(trees._baseline_prediction.item()),
            [each[0].nodes for each in trees._predictors],
            line.slope,
            line.intercept,
        )


def describe_model(model: Classifier) -> ModelFacts:
    """State the model's kind and parameters, for the manifest."""
    estimator, line = take_off_calibration(model)
    fitted: Any = model
    if isinstance(estimator, HistGradientBoostingClassifier):
        kind, named = type(estimator).__name__, [*_PARAMETERS, "monotonic_cst"]
        parameters = {name: estimator.get_params()[name] for name in named}
    else:
        kind = type(estimator[-1]).__name__
        parameters = {"penalty": PENALTY, "lowest": LOWEST, "signs": MONOTONIC}
    return ModelFacts(
        kind=kind,
        parameters=parameters,
        calibration=line,
        unused_features=fitted.selection_["unused_features"],
        losses_on_persons_left_out=fitted.selection_["log_loss_on_persons_left_out"],
    )
