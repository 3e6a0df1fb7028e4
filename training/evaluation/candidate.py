"""A candidate for a release: a fitted model, the rule it decides by, how good it is."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Self

import numpy as np

from shared.errors import RejectedFileError
from shared.release.evaluation import EvaluationFacts, Slice
from shared.release.facts import DecisionFacts, Effect
from shared.release.features import STATUS
from training.dataset.dataset import Dataset
from training.evaluation.evaluate import evaluate
from training.model.boosted_trees import Contest
from training.model.classifier import Classifier, Floats
from training.model.decision import DecisionRule
from training.model.partial_dependence import partial_dependence
from training.model.selection import Persons, Sample

MIN_DEFAULTS = 10
"""The fewest loans not paid on time that a model is fitted on."""

MIN_PERSONS = 3
"""Of so many persons at least, loans not paid on time and loans paid on time."""


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
    def assess(cls, models: "Models", rule: DecisionRule, dataset: Dataset, lag_days: int) -> Self:
        """Measure a model on the loans and persons that it has not seen, and its baseline."""
        model, baseline = models
        evaluation = evaluate(model, rule, dataset, lag_days, baseline)
        return cls(model, rule, evaluation, partial_dependence(model, dataset.users))

    @property
    def test(self) -> Slice:
        """Its figures on later loans of persons held out from every model."""
        return self.evaluation.slices.unseen_persons

    def decision_facts(self) -> DecisionFacts:
        """State how it decides, for the manifest."""
        return DecisionFacts(self.rule.threshold, self.rule.cost_ratio, self.rule.rationale)


class Models(NamedTuple):
    """The model that may be released, and the logistic regression beside it."""

    model: Classifier
    baseline: Classifier


def train(dataset: Dataset) -> Models:
    """Fit a model and its baseline on the dataset's training loans.

    Raises
    ------
    RejectedFileError
        When there are too few loans of one class to learn from, or of too few persons.
    """
    split = dataset.split
    training = dataset.take_examples(split.training)
    persons = dataset.persons[split.training]
    _require_both_classes(training[STATUS].to_numpy(), persons, split.cut)
    calibration = dataset.take_narrow(split.calibration)
    contest = Contest.hold(
        Sample(training, persons), Sample(calibration, dataset.persons[split.calibration])
    )
    return Models(contest.fit(contest.winner), contest.fit_baseline())


def _require_both_classes(status: Floats, persons: Persons, cut: date) -> None:
    trained_on = f"that the model trains on (of two thirds of the persons, settled by {cut})"
    if not len(status):
        raise RejectedFileError(
            [
                f"loan_date: expected loans {trained_on}; got none: deliver a longer time of loans,"
                " with their outcomes."
            ]
        )
    for value, least, words in ((1, MIN_DEFAULTS, "not paid on time"), (0, 1, "paid on time")):
        found, by = int((status == value).sum()), len(np.unique(persons[status == value]))
        if found < least or by < MIN_PERSONS:
            raise RejectedFileError(
                [
                    f"status: expected at least {max(least, MIN_PERSONS)} loans {words}, of at"
                    f" least {MIN_PERSONS} persons, {trained_on}; got {found} of {by} persons,"
                    f" among {len(status)} loans: deliver the whole portfolio, outcomes included."
                ]
            )
