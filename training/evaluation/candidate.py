"""A candidate for a release: a fitted model, the rule it decides by, how good it is."""

from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from shared.errors import RejectedFileError
from shared.release.features import MODEL_FEATURES, STATUS
from training.dataset.dataset import Dataset
from training.dataset.persons import HELD_OUT_SHARE
from training.evaluation.evaluate import Evaluation, evaluate
from training.model.boosted_trees import describe_model, fit_model
from training.model.decision import DecisionRule
from training.model.partial_dependence import partial_dependence

MIN_DEFAULTS = 10
"""The fewest loans not paid on time that a model is fitted on."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may be released.

    Attributes
    ----------
    model : fitted classifier
        From `training.model.boosted_trees.fit_model`.
    rule : DecisionRule
        Turns its probabilities into decisions.
    evaluation : Evaluation
        On later loans of persons held out.
    effects : dict
        From `training.model.partial_dependence.partial_dependence`.
    """

    model: Any
    rule: DecisionRule
    evaluation: Evaluation
    effects: dict[str, Any]

    @classmethod
    def assess(cls, model: Any, rule: DecisionRule, dataset: Dataset, lag_days: int) -> Self:
        """Measure a model on the loans and persons that it has not seen."""
        evaluation = evaluate(model, rule, dataset, lag_days)
        return cls(model, rule, evaluation, partial_dependence(model, dataset.users))

    def facts(self) -> dict[str, object]:
        """State what the manifest tells of the candidate."""
        return {
            "features": list(MODEL_FEATURES),
            "model": describe_model(self.model),
            "decision": {
                "threshold": self.rule.threshold,
                "cost_ratio": self.rule.cost_ratio,
                "chosen_by": self.rule.rationale,
            },
            "metrics": self.evaluation.metrics,
            "evaluated_on": f"loans from {self.evaluation.facts['split']['cut']} on, of the"
            f" {HELD_OUT_SHARE:.0%} of persons held out by a hash",
            "evaluation": self.evaluation.facts,
            "effects": self.effects,
        }


def train(dataset: Dataset) -> Any:
    """Fit a model on the dataset's training loans.

    Raises
    ------
    RejectedFileError
        When there are too few defaults to learn from.
    """
    split = dataset.split
    training = dataset.take_examples(split.training)
    _require_defaults(training[STATUS])
    return fit_model(training, dataset.take_examples(split.calibration))


def _require_defaults(status: pd.Series) -> None:
    defaults = int(status.sum())
    if not MIN_DEFAULTS <= defaults < len(status):
        raise RejectedFileError(
            [
                f"status: expected at least {MIN_DEFAULTS} loans not paid on time among those"
                " that a model trains on, three quarters in time and two thirds of the persons,"
                f" and some paid on time; it is {defaults} of {len(status)}: deliver the whole"
                " portfolio."
            ]
        )
