"""The facts of a release as its manifest states them: small, complete, made up."""

import math
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from shared.release.evaluation import Slices
from shared.release.facts import ReleaseFacts
from shared.release.manifest import Manifest
from tests.support.evaluation_facts import make_evaluation, make_slice
from tests.support.look_back_facts import make_anchor, make_backtest, make_spreads, make_swap_set


def make_facts(**changed: Any) -> ReleaseFacts:
    """Make the facts of a release, with some of them replaced."""
    return replace(msgspec.convert(_FACTS, ReleaseFacts), **changed)


def make_manifest(version: str = "v1", **changed: Any) -> Manifest:
    """Make the manifest of a release without files, with some of its facts replaced."""
    facts = asdict(make_facts(**changed))
    return Manifest(version=version, created="2026-01-01T00:00:00+00:00", files={}, **facts)


def with_test_slice(facts: ReleaseFacts, **changed: Any) -> ReleaseFacts:
    """Replace figures of the loans of unseen persons."""
    slices = facts.evaluation.slices
    unseen = replace(slices.unseen_persons, **changed)
    evaluation = replace(facts.evaluation, slices=Slices(unseen, slices.seen_persons))
    return replace(facts, evaluation=evaluation)


_WARNING = {
    "rule": "A loan comes after the 18th birthday",
    "column": "loan_date",
    "count": 12,
    "share": 12 / 777_715,
    "rows": [5, 17, 29, 300, 4411],
    "values": ["2019-02-03", "2018-01-01", None, "2020-05-05", "2017-11-30"],
    "advice": "Look the birthday up in the contract.",
}
_GATES = [
    {
        "name": "published_scores",
        "measured": 36457,
        "limit": "every user",
        "verdict": "passed",
        "detail": "Every published score is the model's own.",
    },
    {
        "name": "calibration_slope",
        "measured": 1.04,
        "limit": "0.8 to 1.25",
        "verdict": "passed",
        "detail": "The interval 0.93 to 1.15 lies within the limit.",
    },
    {
        "name": "drift_of_features",
        "measured": 0.14,
        "limit": "stops over 0.25, warns over 0.10",
        "verdict": "warned",
        "detail": "The index of nb_previous_loans is over 0.10.",
    },
    {
        "name": "auc_against_champion",
        "measured": None,
        "limit": "not worse beyond the interval",
        "verdict": "passed",
        "detail": "The champion is a placeholder: no comparison.",
    },
]


def _make_population() -> dict[str, Any]:
    percents = [place / 100 for place in range(101)]
    counts = [int(9000 * math.exp(-place / 3)) for place in range(100)]
    return {
        "predicted_default_share": 0.081,
        "histogram": {"edges": percents, "counts": counts},
        "probability_percentiles": [percent**3 for percent in percents],
    }


def _make_effects() -> dict[str, Any]:
    return {
        "nb_previous_loans": {
            "grid": [0, 1, 2, 5, 10, 20, 40],
            "probability": [0.022, 0.02, 0.019, 0.017, 0.015, 0.012, 0.011],
        },
        "age": {"grid": [20, 30, 45, 62, 70], "probability": [0.03, 0.02, 0.014, 0.01, 0.01]},
        "years_on_the_job": {
            "grid": [None, 0, 2, 5, 10, 30],
            "probability": [0.013, 0.024, 0.019, 0.015, 0.011, 0.009],
        },
        "flag_own_car": {"grid": [0, 1], "probability": [0.016, 0.0145]},
    }


_FACTS = {
    "as_of": "2022-03-08",
    "source": {"name": "loans.csv", "etag": "0x8D", "bytes": 1234567, "sha256": "ab" * 32},
    "counts": {
        "loans": 777_715,
        "users": 36_457,
        "loans_with_unknown_outcome": 12_000,
        "training_loans": 400_000,
        "calibration_loans": 100_000,
        "test_loans": 50_000,
        "test_loans_of_persons_seen": 150_000,
    },
    "data_quality": {"rows": 777_715, "warnings": [_WARNING]},
    "features": ["nb_previous_loans", "age", "years_on_the_job", "flag_own_car"],
    "model": {
        "kind": "HistGradientBoostingClassifier",
        "parameters": {"max_iter": 80},
        "calibration": {"slope": 1.02, "intercept": -0.03},
    },
    "decision": {
        "threshold": 1 / 21,
        "cost_ratio": 20.0,
        "chosen_by": "1 / (1 + 20): a missed default costs 20 times a refused good payer",
    },
    "metrics": {"roc_auc": 0.82, "base_rate": 0.0149, "n_loans": 50_000, "n_defaults": 745},
    "evaluated_on": "later loans of persons never seen",
    "evaluation": make_evaluation(),
    "effects": _make_effects(),
    "population": _make_population(),
    "distributions": {"flag_own_car": {"edges": [0.5], "shares": [0.6, 0.4], "missing": 0.0}},
    "gates": _GATES,
    "verdict": "warned",
    "drift": {
        "champion": "20261123T060201Z-0a1b2c3d4e5f",
        "score": 0.031,
        "features": {"age": 0.004, "nb_previous_loans": 0.14, "flag_own_car": None},
        "spreads": make_spreads(),
    },
    "backtest": make_backtest(make_slice(0.8)),
    "anchor": make_anchor(),
    "swap_set": make_swap_set(),
    "code_version": "cd" * 32,
    "libraries": {"pandas": "3.0.0", "scikit-learn": "1.8.0"},
}
