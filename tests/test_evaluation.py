"""The metrics on loans small enough to check by hand."""

import numpy as np
import pytest

from training.decision import DecisionRule
from training.evaluation import describe_metrics, evaluate

RULE = DecisionRule(cost_ratio=1.0)


def test_metrics_are_what_they_are_by_hand() -> None:
    status = np.array([0, 0, 1, 1])
    probabilities = np.array([0.1, 0.6, 0.4, 0.8])

    metrics = evaluate(status, probabilities, RULE)

    assert metrics["roc_auc"] == pytest.approx(3 / 4)
    assert metrics["average_precision"] == pytest.approx(1 / 2 + 1 / 2 * 2 / 3)
    assert metrics["brier"] == pytest.approx((0.01 + 0.36 + 0.36 + 0.04) / 4)
    assert metrics["base_rate"] == 0.5
    assert metrics["precision"] == 0.5
    assert metrics["recall"] == 0.5
    assert metrics["approval_rate"] == 0.5
    assert (metrics["n_loans"], metrics["n_defaults"]) == (4, 2)


def test_precision_is_not_recall() -> None:
    metrics = evaluate(np.array([1, 0, 0, 0]), np.array([0.9, 0.9, 0.9, 0.1]), RULE)

    assert metrics["precision"] == pytest.approx(1 / 3)
    assert metrics["recall"] == 1.0


def test_what_cannot_be_told_is_none() -> None:
    nobody = evaluate(np.array([], dtype=np.int64), np.array([]), RULE)
    no_default = evaluate(np.array([0, 0]), np.array([0.1, 0.2]), RULE)

    assert nobody["base_rate"] is None
    assert no_default["roc_auc"] is None
    assert no_default["precision"] is None
    assert no_default["recall"] is None
    assert no_default["base_rate"] == 0.0
    assert describe_metrics(nobody) == "no AUC to be told on 0 loans of persons held out"
