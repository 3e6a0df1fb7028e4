"""How good the candidate is: out of time, on persons that no model has trained on."""

from typing import Any

import numpy as np

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
    unseen = _judge(model, rule, dataset, split.unseen)
    return EvaluationFacts(
        split=SplitFacts(split.cut.isoformat(), lag_days, int(split.training.sum())),
        slices=Slices(
            unseen_persons=_measure(unseen, rule),
            seen_persons=measure_slice(model, rule, dataset, split.seen),
        ),
        baselines={LOGISTIC_REGRESSION: measure_slice(baseline, rule, dataset, split.unseen)},
        **_describe_decisions(unseen, rule, dataset),
    )


def measure_slice(model: Classifier, rule: DecisionRule, dataset: Dataset, chosen: Mask) -> Slice:
    """Measure a model on some of the loans."""
    return _measure(_judge(model, rule, dataset, chosen), rule)


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


def _judge(model: Classifier, rule: DecisionRule, dataset: Dataset, chosen: Mask) -> GroupedLoans:
    loans = dataset.take_narrow(chosen)
    probabilities = predict_default(model, loans) if len(loans) else np.empty(0)
    return GroupedLoans(
        loans[STATUS].to_numpy(np.int64),
        probabilities,
        rule.decide(probabilities),
        dataset.persons[chosen],
    )


def _measure(judged: GroupedLoans, rule: DecisionRule) -> Slice:
    return measure(judged.status, judged.probabilities, judged.persons, rule.threshold)


def _describe_decisions(
    judged: GroupedLoans, rule: DecisionRule, dataset: Dataset
) -> dict[str, Any]:
    """Describe who is approved, and what other thresholds would do, on the loans that count."""
    columns = (USER, LOAN_DATE, "age", "nb_previous_loans")
    loans = dataset.loans[[*columns]].take(np.flatnonzero(dataset.split.unseen))
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
        "cutoffs": describe_cutoffs(judged.status, judged.probabilities, judged.persons, rule),
    }
