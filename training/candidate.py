"""A candidate for a release: a fitted model, the rule it decides by, how good it is."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from shared.errors import RejectedFileError
from shared.feature_names import MODEL_FEATURES, STATUS
from training.decision import DecisionRule
from training.evaluation import Metrics, evaluate
from training.model import describe_model, fit_model, predict_default
from training.persons import HELD_OUT_SHARE
from training.portfolio import Portfolio

MIN_DEFAULTS = 10
"""The fewest loans not paid on time that a model is fitted on."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may be released.

    Attributes
    ----------
    model : fitted classifier
        From `training.model.fit_model`.
    rule : DecisionRule
        Turns its probabilities into decisions.
    metrics : dict
        From `training.evaluation.evaluate`, on persons held out.
    """

    model: Any
    rule: DecisionRule
    metrics: Metrics

    @classmethod
    def assess(cls, model: Any, rule: DecisionRule, portfolio: Portfolio) -> Self:
        """Measure a model on the persons that it has not seen."""
        loans = portfolio.test_loans
        probabilities = predict_default(model, loans) if len(loans) else np.array([])
        return cls(model, rule, evaluate(loans[STATUS].to_numpy(np.int64), probabilities, rule))

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
            "metrics": self.metrics,
            "evaluated_on": f"loans of the {HELD_OUT_SHARE:.0%} of persons held out by a hash",
        }


def train(portfolio: Portfolio) -> Any:
    """Fit a model on the portfolio's training loans.

    Raises
    ------
    RejectedFileError
        When there are too few defaults to learn from.
    """
    loans = portfolio.training_loans
    _require_defaults(loans[STATUS])
    return fit_model(loans, loans[STATUS])


def _require_defaults(status: pd.Series) -> None:
    defaults = int(status.sum())
    if not MIN_DEFAULTS <= defaults < len(status):
        raise RejectedFileError(
            [
                f"status: expected at least {MIN_DEFAULTS} loans not paid on time among the"
                f" {1 - HELD_OUT_SHARE:.0%} of persons that a model trains on, and some paid on"
                f" time; it is {defaults} of {len(status)}: deliver the whole portfolio."
            ]
        )
