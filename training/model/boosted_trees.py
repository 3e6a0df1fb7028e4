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
from training.model import selection
from training.model.baseline import LOGISTIC_REGRESSION, PENALTY, fit_logistic_regression
from training.model.calibration import calibrate, fit_line, take_off_calibration
from training.model.classifier import Classifier
from training.model.informative import find_uninformative, take_features
from training.model.scales import LOWEST
from training.model.selection import Fit, Persons, Sample, Trial, conduct_trial, predict_log_odds

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
    features = take_features(training)
    if uninformative := find_uninformative(training):
        features = features.assign(**dict.fromkeys(uninformative, 0.0))
    trees = make_trees().set_params(min_samples_leaf=leaf_size)
    with threadpool_limits(1):
        # Sorting out the classes of integers would take several times the memory.
        trees.fit(features, training[STATUS].astype(np.uint8))
    trees.classes_ = trees.classes_.astype(int)
    return trees


TREES = {f"trees_with_leaves_of_{size}": partial(grow_trees, leaf_size=size) for size in LEAF_SIZES}
CANDIDATES: dict[str, Fit] = {LOGISTIC_REGRESSION: fit_logistic_regression, **TREES}


@dataclass(frozen=True, slots=True)
class Contest:
    """The candidates, tried on persons left out, and the loans to fit any of them on.

    Attributes
    ----------
    training, calibration : Sample
        The loans to fit on, and other persons' loans to calibrate on.
    trial : Trial
        What the candidates predicted of persons left out.
    fitted : dict
        The candidates that the trial fitted on all training loans.
    """

    training: Sample
    calibration: Sample
    trial: Trial
    fitted: dict[str, Any]

    @classmethod
    def hold(cls, training: Sample, calibration: Sample) -> Self:
        """Try every candidate."""
        with threadpool_limits(1):
            return cls(
                training, calibration, *conduct_trial(CANDIDATES, training, calibration, SEED)
            )

    @property
    def best_trees(self) -> str:
        """The leaf size that predicts persons left out best."""
        losses = self.trial.losses
        return min(TREES, key=lambda name: losses.get(name, 0.0))

    @property
    def winner(self) -> str:
        """The candidate to serve.

        Few defaults do not carry trees: there the logistic regression is served, unless trees
        predict persons left out better, and elsewhere the other way round.
        """
        if self.training.loans[STATUS].sum() < MIN_DEFAULTS_FOR_TREES:
            return self.trial.choose(LOGISTIC_REGRESSION, self.best_trees)
        return self.trial.choose(self.best_trees, LOGISTIC_REGRESSION)

    def fit(self, name: str) -> Classifier:
        """Fit one of the candidates on all training loans, and calibrate it."""
        loans = self.training.loans
        with threadpool_limits(1):
            estimator = self.fitted[name] if self.fitted else CANDIDATES[name](loans)
            line = self._fit_calibration(estimator, name)
            model: Any = calibrate(estimator, line, loans)
        # Plain objects: whoever loads the model needs none of our code.
        model.selection_ = {
            "log_loss_on_persons_left_out": self.trial.losses,
            "unused_features": find_uninformative(loans),
        }
        calibrated: Classifier = model
        return calibrated

    def fit_baseline(self) -> Classifier:
        """Fit the logistic regression on all training loans, as the baseline beside the model."""
        fitted: Classifier | None = self.fitted.get(LOGISTIC_REGRESSION)
        return fit_logistic_regression(self.training.loans) if fitted is None else fitted

    def _fit_calibration(self, estimator: Any, name: str) -> CalibrationLine:
        loans, trial = self.calibration.loans, self.trial
        # What was fitted on all training loans was tried on the calibrating ones.
        log_odds = trial.log_odds[name] if self.fitted else predict_log_odds(estimator, loans)
        status = loans[STATUS].to_numpy(np.float64)
        if status.sum() < selection.MIN_CALIBRATION_DEFAULTS and trial.log_odds:
            log_odds = np.concatenate([log_odds, trial.log_odds[name]])
            status = np.concatenate([status, trial.status])
        return fit_line(log_odds, status)


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
    are probabilities.
    """
    contest = Contest.hold(
        Sample.of(training, persons), Sample.of(calibration, calibration_persons)
    )
    return contest.fit(contest.winner)


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
