"""The reasons: exact Shapley values of the model's trees, then words."""

import json
from functools import cache
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator

from shared.release.features import FEATURES, MODEL_FEATURES
from shared.release.reasons import MAX_REASONS, read_reasons
from training.model.boosted_trees import FittedTrees
from training.model.classifier import predict_default
from training.model.shapley import ShapleyValues, choose_reasons, shapley_values

CONSTANT = "flag_own_car"
PLACES = range(len(MODEL_FEATURES))


def draw_features(n_rows: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({name: draw.normal(size=n_rows) for name in MODEL_FEATURES})
    for name in ("avg_amount_loans_previous", "years_on_the_job", "share_previous_unpaid"):
        frame.loc[draw.random(n_rows) < 0.3, name] = np.nan
    return frame.assign(**{CONSTANT: 1.0})


@pytest.fixture(scope="module")
def model() -> CalibratedClassifierCV:
    """Give few but deep trees: one feature splits a path again and again, so does its absence."""
    features = draw_features(1500, seed=0)
    signal = features["age"] * features["years_on_the_job"].fillna(2) + features.sum(axis=1)
    status = (signal > 1).astype(int)
    trees = HistGradientBoostingClassifier(
        max_iter=5, max_leaf_nodes=14, min_samples_leaf=5, random_state=0
    )
    trees.fit(features, status)
    return CalibratedClassifierCV(FrozenEstimator(trees), method="sigmoid").fit(features, status)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return draw_features(300, seed=1)


def expect(nodes: Any, place: int, row: Any, known: frozenset[int]) -> float:
    """Follow the known features, and both sides of all others."""
    node = nodes[place]
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


def attribute_slowly(model: Any, row: Any) -> tuple[float, list[float]]:
    """Apply the definition: every feature's worth to every coalition of the others."""
    fitted = FittedTrees.of(model)

    @cache
    def worth(known: frozenset[int]) -> float:
        trees = sum(expect(nodes, 0, row, known) for nodes in fitted.trees)
        return fitted.slope * (fitted.baseline + trees) + fitted.intercept

    n = len(MODEL_FEATURES)
    effects = [0.0] * n
    for feature in PLACES:
        others = [place for place in PLACES if place != feature]
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for coalition in map(frozenset, combinations(others, size)):
                effects[feature] += weight * (worth(coalition | {feature}) - worth(coalition))
    return worth(frozenset()), effects


def test_effects_and_baseline_sum_to_the_log_odds_of_every_row(
    model: CalibratedClassifierCV, rows: pd.DataFrame
) -> None:
    found = shapley_values(model, rows)

    log_odds = logit(predict_default(model, rows))
    np.testing.assert_allclose(found.baseline + found.effects.sum(axis=1), log_odds, atol=1e-9)


def test_effects_are_the_shapley_values_by_definition(
    model: CalibratedClassifierCV, rows: pd.DataFrame
) -> None:
    chosen = rows.head(6)
    assert chosen["years_on_the_job"].isna().any()

    found = shapley_values(model, chosen)

    for row, effects in zip(chosen.to_numpy(), found.effects, strict=True):
        baseline, wanted = attribute_slowly(model, row)
        assert found.baseline == pytest.approx(baseline, abs=1e-12)
        np.testing.assert_allclose(effects, wanted, atol=1e-12)


def test_the_baseline_is_the_mean_log_odds_of_the_loans_that_the_trees_were_grown_on(
    model: CalibratedClassifierCV,
) -> None:
    training = draw_features(1500, seed=0)

    found = shapley_values(model, training)

    # Missing values go where they went, so the shares on both sides of a split are the rows'.
    assert found.baseline == pytest.approx(logit(predict_default(model, training)).mean(), abs=1e-9)


def test_a_feature_that_no_tree_uses_has_no_effect(
    model: CalibratedClassifierCV, rows: pd.DataFrame
) -> None:
    effects = shapley_values(model, rows).effects

    assert not effects[:, MODEL_FEATURES.index(CONSTANT)].any()
    others = [place for place in PLACES if MODEL_FEATURES[place] != CONSTANT]
    assert effects[:, others].any(axis=0).all()


def test_features_are_taken_by_name(model: CalibratedClassifierCV, rows: pd.DataFrame) -> None:
    shuffled = rows[list(MODEL_FEATURES[::-1])].assign(other=1.0)

    assert (
        shapley_values(model, shuffled).effects.tolist()
        == shapley_values(model, rows).effects.tolist()
    )


@given(
    st.lists(
        st.lists(
            st.one_of(st.sampled_from([0.0, 0.005, -0.3, 0.3]), st.floats(-4, 4)),
            min_size=len(MODEL_FEATURES),
            max_size=len(MODEL_FEATURES),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_there_are_at_most_four_reasons_and_the_strongest_come_first(
    effects: list[list[float]],
) -> None:
    written = choose_reasons(ShapleyValues(0.0, np.array(effects)))

    assert len(written) == len(effects)
    for text, (*others, unpaid, share) in zip(written, effects, strict=True):
        # The record's count and share are one reason.
        row = [*others, unpaid + share]
        reasons = json.loads(text)
        sizes = [abs(effect) for _, effect in reasons]
        telling = sorted((abs(effect) for effect in row if abs(effect) > 0.0051), reverse=True)
        assert len(reasons) <= MAX_REASONS == 4
        assert sizes == sorted(sizes, reverse=True)
        assert sizes[: len(telling)] == pytest.approx(telling[:MAX_REASONS], abs=6e-5)
        assert all(effect == pytest.approx(row[place], abs=6e-5) for place, effect in reasons)


def test_the_record_is_one_reason_even_where_its_count_and_its_share_differ_in_sign() -> None:
    effects = np.zeros((1, len(MODEL_FEATURES)))
    effects[0, -2:] = [-0.5, 2.0]

    (written,) = choose_reasons(ShapleyValues(0.0, effects))
    (reason,) = read_reasons(written, (3.0, 120.0, 41.0, 7.0, 1.0, 1.0, 1.0))

    assert reason.efecto == 1.5
    assert reason.texto == "1 earlier loan not paid on time: raises the risk"


def test_what_moves_the_risk_by_next_to_nothing_is_no_reason() -> None:
    effects = np.array([[0.0, 0.2, -0.004, 0.0049, -0.005, 0.0, -0.7]])

    assert choose_reasons(ShapleyValues(0.0, effects)) == ["[[5,-0.7],[1,0.2],[4,-0.005]]"]


def test_reasons_are_read_with_their_values_and_their_direction() -> None:
    features = (29.0, 136.45, 59.0, None, 1.0, 2.0, 0.25)

    unpaid, job, age = read_reasons("[[5,0.8],[3,0.3],[2,-0.1]]", features)

    assert (unpaid.caracteristica, unpaid.valor, unpaid.efecto) == ("nb_previous_unpaid", 2.0, 0.8)
    assert unpaid.texto == "2 earlier loans not paid on time: raises the risk"
    assert (job.valor, job.texto) == (None, "no job start known: raises the risk")
    assert age.texto == "59 years old: lowers the risk"


def test_a_user_like_all_others_has_no_reasons() -> None:
    assert read_reasons("[]", (0.0,) * len(MODEL_FEATURES)) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("nb_previous_loans", 29.0, "29 earlier loans"),
        ("nb_previous_loans", 1.0, "1 earlier loan"),
        ("nb_previous_loans", 0.0, "0 earlier loans"),
        ("avg_amount_loans_previous", 1136.45, "earlier loans of 1,136 on average"),
        ("avg_amount_loans_previous", 1.0, "earlier loans of 1 on average"),
        ("avg_amount_loans_previous", None, "no earlier loan to average"),
        ("age", 59.0, "59 years old"),
        ("age", 1.0, "1 year old"),
        ("age", None, "age unknown"),
        ("years_on_the_job", 3.0, "3 years on the job"),
        ("years_on_the_job", 1.0, "1 year on the job"),
        ("years_on_the_job", 0.0, "0 years on the job"),
        ("years_on_the_job", None, "no job start known"),
        ("flag_own_car", 1.0, "owns a car"),
        ("flag_own_car", 0.0, "owns no car"),
        ("flag_own_car", None, "flag_own_car unknown"),
        ("nb_previous_unpaid", 0.0, "0 earlier loans not paid on time"),
        ("nb_previous_unpaid", 1.0, "1 earlier loan not paid on time"),
        ("nb_previous_unpaid", 3.0, "3 earlier loans not paid on time"),
        (
            "share_previous_unpaid",
            0.0,
            "0% of known earlier outcomes not paid on time",
        ),
        (
            "share_previous_unpaid",
            0.25,
            "25% of known earlier outcomes not paid on time",
        ),
        (
            "share_previous_unpaid",
            1.0,
            "100% of known earlier outcomes not paid on time",
        ),
        ("share_previous_unpaid", None, "no earlier loan with a known outcome"),
    ],
)
def test_a_value_is_said_in_words(name: str, value: float | None, words: str) -> None:
    assert FEATURES[name].say(value) == words


def test_every_feature_of_the_model_has_words() -> None:
    for name in MODEL_FEATURES:
        assert FEATURES[name].say(2.0)
        assert FEATURES[name].say(None)
