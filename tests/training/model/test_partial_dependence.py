"""Partial dependence: the mean risk if all users had the same value."""

import numpy as np
import pandas as pd
import pytest

from shared.release.features import MODEL_FEATURES
from training.model.boosted_trees import MONOTONIC, fit_model
from training.model.classifier import Classifier
from training.model.partial_dependence import choose_grid, partial_dependence


@pytest.fixture(scope="module")
def users() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({name: draw.normal(size=3000) for name in MODEL_FEATURES})
    frame["flag_own_car"] = (frame["flag_own_car"] > 0).astype(float)
    frame["nb_previous_loans"] = draw.integers(0, 5, size=3000).astype(float)
    frame.loc[::4, "years_on_the_job"] = np.nan
    return frame


@pytest.fixture(scope="module")
def model(users: pd.DataFrame) -> Classifier:
    risk = users["nb_previous_unpaid"] - users["age"] + users["flag_own_car"]
    loans = users.assign(status=(risk > 1).astype(float))
    return fit_model(loans, loans.iloc[:0])


def test_every_point_is_the_mean_risk_with_that_value_set_for_all_users(
    model: Classifier, users: pd.DataFrame
) -> None:
    few = users.head(500)

    effects = partial_dependence(model, few)

    assert tuple(effects) == MODEL_FEATURES
    for name, effect in effects.items():
        expected = [
            model.predict_proba(few.assign(**{name: np.nan if value is None else value}))[
                :, 1
            ].mean()
            for value in effect.grid
        ]
        assert effect.probability == pytest.approx(expected, rel=1e-12)


def test_every_small_count_and_every_common_value_is_on_the_grid() -> None:
    draw = np.random.default_rng(1)
    counts = draw.negative_binomial(1, 0.1, size=5000).astype(float)

    grid = choose_grid(counts, whole=True)

    assert set(range(11)) <= set(grid)
    assert (grid[0], grid[-1]) == (counts.min(), counts.max())
    assert all(value == round(value) for value in grid)


def test_a_mostly_zero_share_has_twenty_points_between_its_percentiles() -> None:
    shares = np.where(np.arange(5000) % 5, 0.0, np.linspace(0, 0.6, 5000))

    grid = choose_grid(shares, whole=False)

    low, high = np.percentile(shares, (1, 99))
    assert sum(low <= value <= high for value in grid) >= 20
    gaps = np.diff([value for value in grid if value <= high])
    assert gaps.max() <= (high - low) / 20


def test_of_few_values_each_is_on_the_grid_once() -> None:
    assert choose_grid(np.array([1.0, 0.0, 1.0]), whole=True) == [0.0, 1.0]
    assert choose_grid(np.array([0.0, 1.0, 2.0, 4.0]), whole=True) == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert choose_grid(np.array([]), whole=True) == []


def test_the_strip_counts_every_user_that_has_a_value(
    model: Classifier, users: pd.DataFrame
) -> None:
    for name, effect in partial_dependence(model, users).items():
        assert effect.population is not None
        assert sum(effect.population.counts) == users[name].notna().sum()


def test_missing_has_a_point_only_if_a_user_lacks_the_value(
    model: Classifier, users: pd.DataFrame
) -> None:
    grids = {name: effect.grid for name, effect in partial_dependence(model, users).items()}

    assert grids.pop("years_on_the_job")[-1] is None
    assert not any(None in grid for grid in grids.values())


def test_a_feature_without_values_has_one_point(model: Classifier, users: pd.DataFrame) -> None:
    effects = partial_dependence(model, users.head(50).assign(years_on_the_job=np.nan))

    assert effects["years_on_the_job"].grid == [None]
    assert len(effects["years_on_the_job"].probability) == 1


@pytest.mark.parametrize(("n_users", "step"), [(3000, 3), (1500, 2), (1001, 2), (1000, 1)])
def test_at_most_a_thousand_evenly_spaced_users_are_averaged(
    model: Classifier, users: pd.DataFrame, n_users: int, step: int
) -> None:
    # Including a user who is left out would raise the mean.
    left_out = np.arange(n_users) % step > 0
    some = users.head(n_users).copy()
    some.loc[left_out, "nb_previous_unpaid"] = 5.0

    found = partial_dependence(model, some)["flag_own_car"].probability

    expected = partial_dependence(model, some[~left_out])["flag_own_car"].probability
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", MONOTONIC)
def test_the_effect_of_a_constrained_feature_is_monotonic(
    model: Classifier, users: pd.DataFrame, name: str
) -> None:
    steps = np.diff(partial_dependence(model, users)[name].probability)

    assert (MONOTONIC[name] * steps >= 0).all()


def test_the_effects_show_what_drives_the_risk(model: Classifier, users: pd.DataFrame) -> None:
    effects = {name: e.probability for name, e in partial_dependence(model, users).items()}

    assert effects["flag_own_car"][1] > effects["flag_own_car"][0] + 0.1
    assert effects["age"][0] > effects["age"][-1] + 0.3
    assert max(effects["nb_previous_loans"]) - min(effects["nb_previous_loans"]) < 0.05
