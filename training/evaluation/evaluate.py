"""How good the candidate is: out of time, on persons that no model has trained on."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.evaluation import EvaluationFacts, Slice, Slices, SplitFacts
from shared.release.features import LOAN_DATE, STATUS, USER
from training.dataset.dataset import Dataset
from training.dataset.split import Mask
from training.evaluation.cutoffs import describe_cutoffs
from training.evaluation.fairness import GroupedLoans, age_bands, compare_groups
from training.evaluation.metrics import measure
from training.evaluation.segments import months, previous_loan_bands
from training.model.baseline import LOGISTIC_REGRESSION
from training.model.classifier import Classifier, predict_default
from training.model.decision import DecisionRule

type Metrics = dict[str, float | int | None]


def evaluate(
    model: Classifier, rule: DecisionRule, dataset: Dataset, lag_days: int, baseline: Classifier
) -> EvaluationFacts:
    """Measure a model on later loans, of persons unseen and seen in training.

    Parameters
    ----------
    model : Classifier
        Fitted on the training loans of the dataset.
    rule : DecisionRule
        Precision, recall and approval rate are measured at its threshold.
    dataset : Dataset
        With the split that the model was fitted on.
    lag_days : int
        The split's, for the manifest.
    baseline : Classifier
        A logistic regression fitted on the same loans.
    """
    split = dataset.split
    return EvaluationFacts(
        split=SplitFacts(split.cut.isoformat(), lag_days, int(split.training.sum())),
        slices=Slices(
            unseen_persons=measure_slice(model, rule, dataset, split.unseen),
            seen_persons=measure_slice(model, rule, dataset, split.seen),
        ),
        baselines={LOGISTIC_REGRESSION: measure_slice(baseline, rule, dataset, split.unseen)},
        **_describe_decisions(model, rule, dataset),
    )


def measure_slice(model: Classifier, rule: DecisionRule, dataset: Dataset, chosen: Mask) -> Slice:
    """Measure a model on some of the loans."""
    loans = dataset.loans[chosen]
    return measure(
        loans[STATUS].to_numpy(np.int64),
        _predict(model, loans),
        dataset.persons[chosen],
        rule.threshold,
    )


def headline_metrics(measured: Slice) -> Metrics:
    """List a slice's metrics without their intervals, and its size."""
    return {
        **{name: one.value for name, one in measured.metrics.items()},
        "n_loans": measured.n_loans,
        "n_defaults": measured.n_defaults,
        "n_persons": measured.n_persons,
    }


def summarise(measured: Slice) -> str:
    """Sum a slice up in one line."""
    auc = measured.metrics["roc_auc"].value
    found = "AUC undefined" if auc is None else f"AUC {auc:.3f}"
    return f"{found} on {measured.n_loans:,} later loans of persons held out"


def _predict(model: Classifier, loans: pd.DataFrame) -> npt.NDArray[np.float64]:
    return predict_default(model, loans) if len(loans) else np.empty(0)


def _describe_decisions(model: Classifier, rule: DecisionRule, dataset: Dataset) -> dict[str, Any]:
    """Describe who is approved, and what other thresholds would do, on the loans that count."""
    chosen = dataset.split.unseen
    loans = dataset.loans[chosen]
    probabilities = _predict(model, loans)
    judged = GroupedLoans(
        loans[STATUS].to_numpy(np.int64),
        probabilities,
        rule.decide(probabilities),
        dataset.persons[chosen],
    )
    groups = {
        "code_gender": loans[USER].map(dataset.genders).astype(object).to_numpy(),
        "age_band": age_bands(loans["age"].to_numpy()),
    }
    segments = {
        "previous_loans": previous_loan_bands(loans["nb_previous_loans"].to_numpy()),
        "month": months(loans[LOAN_DATE].to_numpy().astype("datetime64[D]")),
    }
    return {
        "fairness": {name: compare_groups(judged, one) for name, one in groups.items()},
        "segments": {name: compare_groups(judged, one) for name, one in segments.items()},
        "cutoffs": describe_cutoffs(judged.status, probabilities, judged.persons, rule),
    }
