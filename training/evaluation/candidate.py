"""A candidate for a release: a fitted model, the rule it decides by, how good it is."""

from dataclasses import dataclass
from typing import Self

import pandas as pd

from shared.errors import RejectedFileError
from shared.release.evaluation import EvaluationFacts, Slice
from shared.release.facts import DecisionFacts, Effect
from shared.release.features import STATUS
from training.dataset.dataset import Dataset
from training.evaluation.evaluate import evaluate
from training.model.boosted_trees import fit_model
from training.model.classifier import Classifier
from training.model.decision import DecisionRule
from training.model.partial_dependence import partial_dependence

MIN_DEFAULTS = 10
"""The fewest loans not paid on time that a model is fitted on."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may be released.

    Attributes
    ----------
    model : Classifier
        Fitted on the training loans.
    rule : DecisionRule
        Turns its probabilities into decisions.
    evaluation : EvaluationFacts
        How good it is on later loans.
    effects : dict of str to Effect
        How the predicted risk depends on each feature.
    """

    model: Classifier
    rule: DecisionRule
    evaluation: EvaluationFacts
    effects: dict[str, Effect]

    @classmethod
    def assess(cls, model: Classifier, rule: DecisionRule, dataset: Dataset, lag_days: int) -> Self:
        """Measure a model on the loans and persons that it has not seen."""
        evaluation = evaluate(model, rule, dataset, lag_days)
        return cls(model, rule, evaluation, partial_dependence(model, dataset.users))

    @property
    def test(self) -> Slice:
        """Its figures on later loans of persons held out from every model."""
        return self.evaluation.slices.unseen_persons

    def decision_facts(self) -> DecisionFacts:
        """State how it decides, for the manifest."""
        return DecisionFacts(self.rule.threshold, self.rule.cost_ratio, self.rule.rationale)


def train(dataset: Dataset) -> Classifier:
    """Fit a model on the dataset's training loans.

    Raises
    ------
    RejectedFileError
        When there are too few defaults to learn from.
    """
    split = dataset.split
    training = dataset.take_examples(split.training)
    _require_defaults(training[STATUS])
    persons = dataset.persons[split.training]
    return fit_model(training, dataset.take_examples(split.calibration), persons)


def _require_defaults(status: pd.Series) -> None:
    defaults = int(status.sum())
    if not MIN_DEFAULTS <= defaults < len(status):
        raise RejectedFileError(
            [
                f"status: expected at least {MIN_DEFAULTS} loans not paid on time among those"
                " that the model trains on, which are the loans of two thirds of the persons in"
                " the first three quarters of the time, and some loans paid on time; got"
                f" {defaults} of {len(status)}: deliver the whole portfolio."
            ]
        )
