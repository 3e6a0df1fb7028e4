"""Shapley values of the model's trees, compared with their definition."""

from functools import cache
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator

from shared.release.features import MODEL_FEATURES
from training.model.classifier import Classifier, predict_default
from training.model.fitted_models import FittedTrees
from training.model.shapley import shapley_values

CONSTANT = "flag_own_car"
INDICES = range(len(MODEL_FEATURES))


def draw_features(n_rows: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({name: draw.normal(size=n_rows) for name in MODEL_FEATURES})
    for name in ("avg_amount_loans_previous", "years_on_the_job", "unpaid_rate"):
        frame.loc[draw.random(n_rows) < 0.3, name] = np.nan
    return frame.assign(**{CONSTANT: 1.0})


@pytest.fixture(scope="module", params=[4, 14])
def model(request: pytest.FixtureRequest) -> CalibratedClassifierCV:
    """Fit shallow trees, and deep ones whose paths split repeatedly on one feature.

    Both split on missingness too.
    """
    features = draw_features(1500, seed=0)
    signal = features["age"] * features["years_on_the_job"].fillna(2) + features.sum(axis=1)
    status = (signal > 1).astype(int)
    trees = HistGradientBoostingClassifier(
        max_iter=70 // request.param,
        max_leaf_nodes=request.param,
        min_samples_leaf=5,
        random_state=0,
    )
    trees.fit(features, status)
    return CalibratedClassifierCV(FrozenEstimator(trees), method="sigmoid").fit(features, status)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return draw_features(300, seed=1)


def expect(nodes: Any, index: int, row: Any, known: frozenset[int]) -> float:
    """Follow the known features, and average both sides of all others."""
    node = nodes[index]
    if node["is_leaf"]:
        return float(node["value"])
    sides = expect(nodes, node["left"], row, known), expect(nodes, node["right"], row, known)
    if int(node["feature_idx"]) in known:
        value = row[node["feature_idx"]]
        missing = np.isnan(value)
        left = bool(node["missing_go_to_left"]) if missing else value <= node["num_threshold"]
        return sides[0] if left else sides[1]
    counts = [float(nodes[node[side]]["count"]) for side in ("left", "right")]
    return float(np.average(sides, weights=counts))


def shapley_values_by_definition(model: Classifier, row: Any) -> tuple[float, list[float]]:
    """Average each feature's contribution to every coalition of the others."""
    fitted = FittedTrees.of(model)

    @cache
    def value_of(known: frozenset[int]) -> float:
        trees = sum(expect(nodes, 0, row, known) for nodes in fitted.trees)
        return fitted.slope * (fitted.baseline + trees) + fitted.intercept

    n = len(MODEL_FEATURES)
    effects = [0.0] * n
    for feature in INDICES:
        others = [index for index in INDICES if index != feature]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for coalition in map(frozenset, combinations(others, size)):
                effects[feature] += weight * (value_of(coalition | {feature}) - value_of(coalition))
    return value_of(frozenset()), effects


def test_effects_and_baseline_sum_to_the_log_odds_of_every_row(
    model: CalibratedClassifierCV, rows: pd.DataFrame
) -> None:
    found = shapley_values(model, rows)

    log_odds = logit(predict_default(model, rows))
    np.testing.assert_allclose(found.baseline + found.effects.sum(axis=1), log_odds, atol=1e-9)


def test_effects_equal_the_shapley_values_by_definition(
    model: CalibratedClassifierCV, rows: pd.DataFrame
) -> None:
    chosen = rows.head(12)
    assert chosen["years_on_the_job"].isna().any()

    found = shapley_values(model, chosen)

    for row, effects in zip(chosen.to_numpy(), found.effects, strict=True):
        baseline, expected = shapley_values_by_definition(model, row)
        assert found.baseline == pytest.approx(baseline, abs=1e-12)
        np.testing.assert_allclose(effects, expected, atol=1e-12)


def test_the_baseline_is_the_mean_log_odds_of_the_training_loans(
    model: CalibratedClassifierCV,
) -> None:
    training = draw_features(1500, seed=0)

    found = shapley_values(model, training)

    # Missing values go the same way as in training, so the shares at each split are the rows' own.
    assert found.baseline == pytest.approx(logit(predict_default(model, training)).mean(), abs=1e-9)


def test_an_unused_feature_has_no_effect(model: CalibratedClassifierCV, rows: pd.DataFrame) -> None:
    effects = shapley_values(model, rows).effects

    assert not effects[:, MODEL_FEATURES.index(CONSTANT)].any()
    others = [index for index in INDICES if MODEL_FEATURES[index] != CONSTANT]
    assert effects[:, others].any(axis=0).all()


def test_features_are_taken_by_name(model: CalibratedClassifierCV, rows: pd.DataFrame) -> None:
    shuffled = rows[list(MODEL_FEATURES[::-1])].assign(other=1.0)

    assert (
        shapley_values(model, shuffled).effects.tolist()
        == shapley_values(model, rows).effects.tolist()
    )
