"""How good the model is, on persons it has never seen."""

import math

import numpy as np
import numpy.typing as npt
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    precision_score,
    recall_score,
    roc_auc_score,
)

from training.decision import DecisionRule

Metrics = dict[str, float | int | None]


def evaluate(
    status: npt.NDArray[np.int64], probabilities: npt.NDArray[np.float64], rule: DecisionRule
) -> Metrics:
    """Measure the predictions on held-out loans.

    Parameters
    ----------
    status : numpy.ndarray of shape (n_loans,)
        1 for not paid on time, 0 for paid on time.
    probabilities : numpy.ndarray of shape (n_loans,)
        Predicted probability of default.
    rule : DecisionRule
        At its threshold precision, recall and the approval rate are counted.

    Returns
    -------
    dict
        `roc_auc` and `average_precision` (better when higher), `brier` (better when lower),
        `base_rate`, `precision`, `recall`, `approval_rate`, `n_loans`, `n_defaults`. What cannot
        be told from these loans, as for want of a default among them, is None.
    """
    n_defaults = int(status.sum())
    both_classes = 0 < n_defaults < len(status)
    decisions = rule.decide(probabilities)
    metrics: Metrics = {
        "roc_auc": roc_auc_score(status, probabilities) if both_classes else None,
        "average_precision": average_precision_score(status, probabilities) if n_defaults else None,
        "brier": brier_score_loss(status, probabilities) if both_classes else None,
        "base_rate": _share(n_defaults, len(status)),
        "precision": precision_score(status, decisions) if decisions.any() else None,
        "recall": recall_score(status, decisions) if n_defaults else None,
        "approval_rate": _share(int((decisions == 0).sum()), len(status)),
        "n_loans": len(status),
        "n_defaults": n_defaults,
    }
    return {name: _plain(value) for name, value in metrics.items()}


def describe_metrics(metrics: Metrics) -> str:
    """Tell the chief figure in a line."""
    auc = metrics["roc_auc"]
    told = "no AUC to be told" if auc is None else f"AUC {auc:.3f}"
    return f"{told} on {metrics['n_loans']:,} loans of persons held out"


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _plain(value: float | int | None) -> float | int | None:
    """Turn numpy's numbers into JSON's, and what is no number into None."""
    if value is None or isinstance(value, int):
        return value
    return None if math.isnan(value) else float(value)
