"""How the facts of a release are written for a person."""

from collections.abc import Mapping
from typing import Any

from shared.release.evaluation import Band, Measured
from shared.release.features import FEATURES

UNDEFINED = "n/a"

_LABELS = {
    "roc_auc": "ROC AUC",
    "gini": "Gini",
    "ks": "Kolmogorov-Smirnov",
    "average_precision": "Average precision",
    "brier": "Brier score",
    "log_loss": "Log loss",
    "calibration_slope": "Calibration slope",
    "calibration_intercept": "Calibration intercept",
    "precision": "Precision at the threshold",
    "recall": "Recall at the threshold",
    "approval_rate": "Approval rate",
    "base_rate": "Default rate",
    "n_loans": "Loans",
    "n_defaults": "Defaults",
    "n_persons": "Persons",
    "logistic_regression": "Logistic regression",
    "expected_cost": "Expected cost per loan",
    "stability_probability": "Stability: score",
    "code_gender": "gender",
    "age_band": "age band",
    "previous_loans": "previous loans",
    "loans_with_unknown_outcome": "Loans whose outcome is not in the file",
    "training_loans": "Loans that the model was trained on",
    "calibration_loans": "Loans that the probabilities were calibrated on",
    "test_loans": "Test loans of persons held out",
    "test_loans_of_persons_seen": "Test loans of the other persons",
    "max_iter": "Trees, at most",
    "max_leaf_nodes": "Leaves of a tree, at most",
    "min_samples_leaf": "Loans in a leaf, at least",
    "learning_rate": "Learning rate",
    "l2_regularization": "Shrinkage (L2)",
    "max_bins": "Bins of a feature, at most",
    "early_stopping": "Stopped early",
    "monotonic_cst": "Signs held, by feature",
    "random_state": "Random seed",
} | {name: feature.label for name, feature in FEATURES.items()}


def label(name: str) -> str:
    """Name a metric, a feature, a gate or a baseline in words."""
    known = _LABELS.get(name)
    feature = _LABELS.get(name.removeprefix("stability_"))
    if feature and feature != known:
        return f"Stability: {feature[:1].lower()}{feature[1:]}"
    words = (name[:1].upper() + name[1:]).replace("_", " ")
    return known or words.replace("Auc", "AUC").replace(" auc", " AUC").replace("Psi", "PSI")


def write_number(value: float | None, decimals: int = 3) -> str:
    """Write a measured number; whole ones with their thousands apart."""
    if value is None:
        return UNDEFINED
    return f"{value:,}" if isinstance(value, int) else f"{value:,.{decimals}f}"


def write_share(value: float | None) -> str:
    """Write a share as a percentage, with as many digits as a rare event needs."""
    if value is None:
        return UNDEFINED
    if 0 < value < 0.00005:
        return "under 0.01%"
    return f"{100 * value:.2f}%" if abs(value) < 0.1 else f"{100 * value:.1f}%"


def write_measure(name: str, value: float | None) -> str:
    """Write a metric as is usual for it."""
    if name in {"precision", "recall", "approval_rate", "base_rate"}:
        return write_share(value)
    return write_number(value, 4 if name in {"brier", "log_loss"} else 3)


def write_interval(name: str, measured: Measured | Band) -> str:
    """Write the 95 % interval of a metric; empty where there is none."""
    if measured.low is None or measured.high is None:
        return ""
    return f"{write_measure(name, measured.low)} to {write_measure(name, measured.high)}"


def write_any(value: Any) -> str:
    """Write a fact of whatever kind."""
    if value is None or value == "":
        return UNDEFINED
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {write_any(one)}" for name, one in value.items()) or UNDEFINED
    if isinstance(value, list | tuple):
        return ", ".join(write_any(one) for one in value) or UNDEFINED
    return str(value)
