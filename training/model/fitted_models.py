"""The parts of a fitted model, trees or a line."""

from dataclasses import dataclass
from typing import Any, Self

from sklearn.ensemble import HistGradientBoostingClassifier

from training.model.calibration import take_off_calibration
from training.model.protocol import Classifier
from training.model.terms import Term, list_terms


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


@dataclass(frozen=True, slots=True)
class FittedLine:
    """What a fitted model is made of: the logistic of a line through a sum of terms.

    Attributes
    ----------
    baseline : float
        The log odds before any term; the mean of the training loans'.
    terms : list of Term
        What each feature adds.
    slope, intercept : float
        The calibration's line through the sum of baseline and terms.
    """

    baseline: float
    terms: list[Term]
    slope: float
    intercept: float

    @classmethod
    def of(cls, model: Classifier) -> Self:
        """Take a fitted model apart."""
        regression: Any
        regression, line = take_off_calibration(model)
        baseline = float(regression[-1].intercept_[0])
        return cls(baseline, list_terms(regression), line.slope, line.intercept)


def take_apart(model: Classifier) -> FittedTrees | FittedLine:
    """Take a fitted model apart, calibrated or with a threshold on top."""
    estimator, _ = take_off_calibration(model)
    trees = isinstance(estimator, HistGradientBoostingClassifier)
    return FittedTrees.of(model) if trees else FittedLine.of(model)
