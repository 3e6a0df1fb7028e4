"""The population stability index: by hand, by its properties, against a slow count."""

import math
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.release.drift import Distribution
from training.evaluation.drift import (
    LEAST_SHARE,
    N_BINS,
    SLIGHT_DRIFT,
    STRONG_DRIFT,
    describe_distribution,
    stability_against,
    stability_index_of_shares,
)

NAN = float("nan")

numbers = st.lists(
    st.one_of(
        st.sampled_from([NAN, 0.0, -0.0, 1.0, 2.0, 5.0, float("inf")]),
        st.floats(allow_nan=True),
        st.integers(-20, 20).map(float),
    ),
    min_size=1,
    max_size=80,
)


def test_the_index_of_two_bins_by_hand() -> None:
    index = stability_index_of_shares([0.5, 0.5], [0.25, 0.75])

    assert index == pytest.approx(-0.25 * math.log(0.5) + 0.25 * math.log(1.5))


def test_an_empty_bin_counts_as_almost_empty() -> None:
    index = stability_index_of_shares([1.0, 0.0], [0.9, 0.1])

    rest = (0.1 - LEAST_SHARE) * math.log(0.1 / LEAST_SHARE)
    assert index == pytest.approx(-0.1 * math.log(0.9) + rest)


def test_shares_of_different_bins_are_rejected() -> None:
    with pytest.raises(ValueError, match="expected 2, got 3"):
        stability_index_of_shares([0.5, 0.5], [0.2, 0.3, 0.5])


shares = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12)


@given(shares)
def test_the_index_is_symmetric_and_never_negative(drawn: list[tuple[float, float]]) -> None:
    expected, actual = zip(*drawn, strict=True)

    index = stability_index_of_shares(expected, actual)

    assert index >= 0
    assert index == pytest.approx(stability_index_of_shares(actual, expected))


@given(numbers, st.randoms())
def test_the_index_of_unchanged_values_is_0(values: list[float], chance: object) -> None:
    shuffled = values.copy()
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert stability_against(describe_distribution(values), shuffled) == 0


@given(numbers, numbers)
def test_a_distribution_survives_a_json_round_trip(
    expected: list[float], actual: list[float]
) -> None:
    distribution = describe_distribution(expected)
    written = msgspec.json.encode(distribution)

    index = stability_against(msgspec.json.decode(written, type=Distribution), actual)

    assert index == stability_against(distribution, actual)
    assert index is not None
    assert 0 <= index < math.inf


@given(numbers)
def test_shares_equal_those_counted_in_a_loop(values: list[float]) -> None:
    distribution = describe_distribution(values)

    edges = [-math.inf, *distribution.edges, math.inf]
    present = [value for value in values if math.isfinite(value)]
    counted = [
        sum(low <= value < high for value in present) / len(values) for low, high in pairwise(edges)
    ]
    assert distribution.shares == counted
    assert distribution.missing == (len(values) - len(present)) / len(values)
    assert distribution.edges == sorted(set(distribution.edges))


def test_distinct_values_are_binned_by_decile() -> None:
    distribution = describe_distribution(np.random.default_rng(2).permutation(200))

    assert distribution.edges == list(range(20, 200, 20))
    assert distribution.shares == [1 / N_BINS] * N_BINS


@pytest.mark.parametrize("value", [-1.0, 500.0, 2000.0])
def test_a_frequent_value_has_its_own_bin(value: float) -> None:
    distribution = describe_distribution([*range(1000), *[value] * 600])

    own = distribution.edges.index(value) + 1
    assert distribution.shares[own] == pytest.approx(0.375, abs=0.001)
    assert distribution.edges[own] == np.nextafter(value, np.inf)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ([0.0] * 100, [1.0] * 100),
        ([0.0, 1.0] * 50, [0.0, 2.0] * 50),
        ([0.0, 1.0] * 50, [0.0, 0.5] * 50),
        ([1.0] * 100, [1.0] * 80 + [NAN] * 20),
        ([NAN] * 100, [NAN] * 80 + [1.0] * 20),
        (range(1000), range(300, 1300)),
    ],
    ids=["constant", "beyond", "between", "lost", "found", "moved"],
)
def test_a_strong_change_exceeds_the_upper_threshold(
    expected: list[float], actual: list[float]
) -> None:
    index = stability_against(describe_distribution(expected), actual)

    assert index is not None
    assert index > STRONG_DRIFT


def test_two_large_samples_of_one_distribution_stay_below_the_lower_threshold() -> None:
    draw = np.random.default_rng(5)

    index = stability_against(describe_distribution(draw.normal(size=5000)), draw.normal(size=5000))

    assert index is not None
    assert 0 < index < SLIGHT_DRIFT


def test_the_index_of_no_values_is_undefined() -> None:
    assert stability_against(describe_distribution([]), [1.0]) is None
    assert stability_against(describe_distribution([1.0]), []) is None
    assert describe_distribution([]) == Distribution([], [0.0], 0.0)
