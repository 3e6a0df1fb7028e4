"""The evaluation of a release as its manifest states it: small, complete, made up."""

from typing import Any

from tests.support.look_back_facts import make_cutoffs, make_segments


def make_evaluation() -> dict[str, Any]:
    """Make the evaluation of a good model beside a worse baseline."""
    groups = [("F", 0.92, 0.0141, 0.0149), ("M", 0.90, 0.0162, 0.0158)]
    return {
        "split": {"cut": "2020-06-01", "outcome_lag_days": 90, "n_training_loans": 400_000},
        "slices": {"unseen_persons": make_slice(0.82), "seen_persons": make_slice(0.84)},
        "baselines": {"logistic_regression": make_slice(0.77)},
        "fairness": {
            "code_gender": [_make_group(*group) for group in groups],
            "age_band": [
                _make_group("18 to 29", 0.88, 0.02, 0.019),
                _make_group("62+", 0.99, 0.004, 0.005),
            ],
        },
        "segments": make_segments(),
        "cutoffs": make_cutoffs(),
    }


def make_slice(auc: float) -> dict[str, Any]:
    """Make the figures of some loans, with a given AUC."""
    metrics = {
        "roc_auc": auc,
        "gini": 2 * auc - 1,
        "ks": 0.47,
        "average_precision": 0.09,
        "brier": 0.0141,
        "log_loss": 0.0688,
        "calibration_slope": 1.04,
        "calibration_intercept": 0.02,
        "precision": 0.071,
        "recall": 0.42,
        "approval_rate": 0.91,
        "base_rate": 0.0149,
    }
    bend = auc / (1 - auc)
    steps = [place / 40 for place in range(41)]
    return {
        "n_loans": 50_000,
        "n_defaults": 745,
        "n_persons": 3200,
        "metrics": {
            name: {"value": value, "low": 0.97 * value, "high": 1.03 * value}
            for name, value in metrics.items()
        },
        "reliability": [
            {
                "n": 5000,
                "mean_predicted": 0.001 * 1.6**band,
                "observed": 0.00105 * 1.58**band,
                "low": 0.0008 * 1.58**band,
                "high": 0.0013 * 1.58**band,
            }
            for band in range(10)
        ],
        "roc": {
            "false_positive_rate": steps,
            "true_positive_rate": [1 - (1 - step) ** bend for step in steps],
        },
        "precision_recall": {
            "recall": steps,
            "precision": [0.0149 + 0.3 * auc * (1 - step) ** 4 for step in steps],
        },
    }


def _make_group(group: str, approved: float, defaulted: float, predicted: float) -> dict[str, Any]:
    return {
        "group": group,
        "n_loans": 25_000,
        "n_defaults": 372,
        "approval_rate": approved,
        "default_rate": defaulted,
        "mean_predicted": predicted,
        "measures": {
            "approval_rate": {"value": approved, "low": approved - 0.01, "high": approved + 0.01},
            "impact_ratio": {"value": approved / 1.2, "low": 0.72, "high": 0.85},
            "observed_to_predicted": {"value": defaulted / predicted, "low": 0.8, "high": 1.1},
        },
    }
