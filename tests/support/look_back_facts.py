"""What a release tells of cutoffs, of the served model and of earlier releases: made up."""

from typing import Any


def _measured(value: float) -> dict[str, float]:
    return {"value": value, "low": 0.9 * value, "high": 1.1 * value}


def make_cutoffs() -> dict[str, Any]:
    """Make cutoffs, of which the third of five is chosen."""
    return {
        "thresholds": [_make_cutoff(threshold, 20.0) for threshold in _THRESHOLDS],
        "cost_ratios": [_make_cutoff(1 / (1 + ratio), ratio) for ratio in (4.0, 10.0, 40.0, 100.0)],
        "confusion": {
            "approved_paid": 45_321,
            "approved_defaulted": 432,
            "refused_paid": 3934,
            "refused_defaulted": 313,
        },
        "tenths": [
            {"n_loans": 5000, "n_defaults": 400 - 40 * n, "lift": 5.4 - n / 2, "gain": (n + 1) / 10}
            for n in range(10)
        ],
    }


_THRESHOLDS = (0.01, 0.02, 1 / 21, 0.1, 0.2)


def _make_cutoff(threshold: float, cost_ratio: float) -> dict[str, Any]:
    return {
        "threshold": threshold,
        "cost_ratio": cost_ratio,
        "approval_rate": _measured(0.8),
        "bad_rate": _measured(0.0094),
        "precision": _measured(0.07),
        "recall": _measured(0.42),
        "expected_cost": _measured(0.263 * cost_ratio / 20),
    }


def make_segments() -> dict[str, Any]:
    """Make two segments, of which the second defaults twice as often as predicted."""
    return {
        "previous_loans": [_make_segment("1. none", 1.0), _make_segment("2. 1 to 4", 2.02)],
    }


def _make_segment(name: str, ratio: float) -> dict[str, Any]:
    return {
        "group": name,
        "n_loans": 9000,
        "n_defaults": 135,
        "approval_rate": 0.9,
        "default_rate": 0.015 * ratio,
        "mean_predicted": 0.015,
        "measures": {
            "default_rate": _measured(0.015 * ratio),
            "observed_to_predicted": _measured(ratio),
        },
    }


def make_backtest(loans: dict[str, Any]) -> dict[str, Any]:
    """Make the backtest of a served model, of two months, on a slice of loans."""
    months = [
        ("2021-09", "20260823T060201Z-0a1b2c3d4e5f", 0.0147, 0.8123),
        ("2021-10", "20261123T060201Z-0a1b2c3d4e5f", 0.0161, None),
    ]
    return {
        "version": "20261123T060201Z-0a1b2c3d4e5f",
        "after": "2021-08-31",
        "predicted": 0.0149,
        "ratio": _measured(1.07),
        "loans": loans,
        "months": [
            {
                "month": month,
                "version": version,
                "n_loans": 21_000,
                "n_defaults": 310,
                "predicted": 0.0149,
                "observed": _measured(observed),
                "roc_auc": {"value": auc},
            }
            for month, version, observed, auc in months
        ],
    }


def make_anchor() -> dict[str, Any]:
    """Make an anchor with one feature, and a trend of one release."""
    version = "20260823T060201Z-0a1b2c3d4e5f"
    return {
        "version": version,
        "distributions": {"age": {"edges": [30.0], "shares": [0.5, 0.5], "missing": 0.0}},
        "drift": {"age": 0.312},
        "trend": [{"version": version, "as_of": "2021-12-08", "score": 0.123}],
    }


def make_spreads() -> dict[str, Any]:
    """Make the spread of one feature then and now."""
    return {"age": {"edges": [30.0, 50.0], "expected": [0.2, 0.5, 0.3, 0], "actual": [0, 0, 1, 0]}}


def make_swap_set() -> dict[str, Any]:
    """Make a swap set whose newly refused users paid worse than the newly approved."""
    return {
        "observed_after": "2021-12-08",
        "newly_refused": _make_swapped(812, 0.031, 0.073, 0.0659),
        "newly_approved": _make_swapped(654, 0.058, 0.032, 0.0298),
        "approved_by_both": _make_swapped(33_101, 0.009, 0.0089, 0.0091),
        "refused_by_both": _make_swapped(1890, 0.19, 0.195, 0.201),
    }


def _make_swapped(
    n_users: int, champion_risk: float, candidate_risk: float, observed: float
) -> dict[str, Any]:
    return {
        "n_users": n_users,
        "champion_risk": champion_risk,
        "candidate_risk": candidate_risk,
        "n_loans": 410,
        "n_defaults": round(410 * observed),
        "champion_risk_of_loans": champion_risk,
        "candidate_risk_of_loans": candidate_risk,
        "default_rate": _measured(observed),
    }
