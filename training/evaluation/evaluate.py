"""How good the candidate is: out of time, on persons that no model has trained on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.features import STATUS, USER
from training.dataset.dataset import Dataset
from training.dataset.split import Mask
from training.evaluation.fairness import age_bands, compare_groups
from training.evaluation.metrics import Slice, measure
from training.model.baseline import LOGISTIC_REGRESSION, fit_logistic_regression
from training.model.boosted_trees import predict_default
from training.model.decision import DecisionRule

Metrics = dict[str, float | int | None]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a candidate is worth on the test loans.

    Attributes
    ----------
    unseen : Slice
        On later loans of persons held out from every model: the figures that count.
    facts : dict
        All slices, the challenger's and the groups', for the manifest.
    """

    unseen: Slice
    facts: dict[str, Any]

    @property
    def metrics(self) -> Metrics:
        """The chief figures without their intervals."""
        told: Metrics = {name: one["value"] for name, one in self.unseen["metrics"].items()}
        return told | {name: self.unseen[name] for name in ("n_loans", "n_defaults", "n_persons")}


def evaluate(model: Any, rule: DecisionRule, dataset: Dataset, lag_days: int) -> Evaluation:
    """Measure a model on later loans, of persons unseen and seen in training.

    Parameters
    ----------
    model : fitted classifier
        From `training.model.boosted_trees.fit_model`.
    rule : DecisionRule
        At its threshold precision, recall and the approval rate are counted.
    dataset : Dataset
        With the split that the model was fitted by.
    lag_days : int
        Of the split, for the manifest.
    """
    split = dataset.split
    challenger = fit_logistic_regression(dataset.take_examples(split.training))
    unseen = measure_slice(model, rule, dataset, split.unseen)
    facts = {
        "split": {
            "cut": split.cut.isoformat(),
            "outcome_lag_days": lag_days,
            "n_training_loans": int(split.training.sum()),
        },
        "slices": {
            "unseen_persons": unseen,
            "seen_persons": measure_slice(model, rule, dataset, split.seen),
        },
        "challengers": {
            LOGISTIC_REGRESSION: measure_slice(challenger, rule, dataset, split.unseen)
        },
        "fairness": _compare_groups(model, rule, dataset),
    }
    return Evaluation(unseen, facts)


def measure_slice(model: Any, rule: DecisionRule, dataset: Dataset, chosen: Mask) -> Slice:
    """Measure a model on some of the loans."""
    loans = dataset.loans[chosen]
    return measure(
        loans[STATUS].to_numpy(np.int64),
        _predict(model, loans),
        dataset.persons[chosen],
        rule.threshold,
    )


def describe_metrics(metrics: Metrics) -> str:
    """Tell the chief figure in a line."""
    auc = metrics["roc_auc"]
    told = "no AUC to be told" if auc is None else f"AUC {auc:.3f}"
    return f"{told} on {metrics['n_loans']:,} later loans of persons held out"


def _predict(model: Any, loans: pd.DataFrame) -> npt.NDArray[np.float64]:
    return predict_default(model, loans) if len(loans) else np.empty(0)


def _compare_groups(model: Any, rule: DecisionRule, dataset: Dataset) -> dict[str, Any]:
    loans = dataset.loans[dataset.split.unseen]
    probabilities = _predict(model, loans)
    status, decisions = loans[STATUS].to_numpy(np.int64), rule.decide(probabilities)
    groups = {
        "code_gender": loans[USER].map(dataset.genders).astype(object).to_numpy(),
        "age_band": age_bands(loans["age"].to_numpy()),
    }
    return {
        name: compare_groups(status, probabilities, group, decisions)
        for name, group in groups.items()
    }
