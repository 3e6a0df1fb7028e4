"""Comparison of groups, by hand and against a slow loop."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.release.evaluation import Group, Measured
from training.evaluation.fairness import UNKNOWN, JudgedLoans, age_bands, compare_groups


def _compare(
    status: Sequence[int],
    probabilities: Sequence[float],
    groups: Sequence[object],
    decisions: Sequence[int],
) -> list[Group]:
    loans = JudgedLoans(
        np.array(status, np.int64),
        np.array(probabilities, np.float64),
        np.array(decisions, np.int64),
        np.arange(len(status)),
    )
    return compare_groups(loans, groups)


rows = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.floats(0, 1),
        st.sampled_from(["M", "F", "zebra", "unknown", "", None, float("nan")]),
        st.integers(0, 1),
    ),
    min_size=1,
)


@given(rows)
def test_groups_equal_those_computed_in_a_loop(
    drawn: list[tuple[int, float, str | float | None, int]],
) -> None:
    compared = _compare(*zip(*drawn, strict=True))

    named = [(group if isinstance(group, str) else UNKNOWN) for _, _, group, _ in drawn]
    assert {group.group for group in compared} == set(named)
    for group in compared:
        own = [row for row, name in zip(drawn, named, strict=True) if name == group.group]
        assert group.n_loans == len(own)
        assert group.n_defaults == sum(status for status, *_ in own)
        assert group.approval_rate == pytest.approx(sum(not row[3] for row in own) / len(own))
        assert group.default_rate == pytest.approx(sum(row[0] for row in own) / len(own))
        assert group.mean_predicted == pytest.approx(sum(row[1] for row in own) / len(own))
    assert msgspec.json.decode(msgspec.json.encode(compared), type=list[Group]) == compared


def test_groups_are_sorted_by_name_with_the_unknown_last() -> None:
    compared = _compare([0, 0, 1], [0.1, 0.2, 0.3], ["x", None, "m"], [0, 0, 1])

    assert [group.group for group in compared] == ["m", "x", UNKNOWN]
    assert [group.approval_rate for group in compared] == [0, 1, 1]


def test_no_loans_give_no_groups() -> None:
    assert _compare([], [], [], []) == []


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (17.9, UNKNOWN),
        (18, "18-24"),
        (24.99, "18-24"),
        (25, "25-34"),
        (35, "35-44"),
        (45, "45-54"),
        (55, "55-61"),
        (61.99, "55-61"),
        (62, "62+"),
        (104, "62+"),
        (-3, UNKNOWN),
        (np.nan, UNKNOWN),
    ],
)
def test_an_age_falls_into_its_band(age: float, band: str) -> None:
    assert age_bands([30, age]).tolist() == ["25-34", band]


def test_no_ages_give_no_bands() -> None:
    assert age_bands([]).tolist() == []


def test_each_group_is_set_against_the_one_that_is_approved_most() -> None:
    groups = ["a"] * 1000 + ["b"] * 1000
    status = ([1] * 100 + [0] * 900) * 2
    decisions = [1] * 90 + [0] * 910 + [1] * 60 + [0] * 40 + [1] * 340 + [0] * 560

    a, b = _compare(status, [0.1] * 2000, groups, decisions)

    assert a.measures["impact_ratio"] == Measured(1.0)
    assert b.measures["impact_ratio"].value == pytest.approx(0.6 / 0.91)
    assert b.measures["true_positive_rate"].value == pytest.approx(0.6)
    assert b.measures["true_positive_difference"].value == pytest.approx(0.6 - 0.9)
    assert b.measures["observed_to_predicted"].value == pytest.approx(1.0)
    ratio = b.measures["impact_ratio"]
    assert ratio.low is not None
    assert ratio.high is not None
    assert 0.61 < ratio.low < 0.6 / 0.91 < ratio.high < 0.71


def test_a_tiny_group_is_no_reference() -> None:
    groups = ["a"] * 990 + ["tiny"] * 10
    decisions = [1] * 99 + [0] * 901

    a, tiny = _compare([0] * 1000, [0.1] * 1000, groups, decisions)

    assert a.measures["impact_ratio"] == Measured(1.0)
    assert tiny.measures["impact_ratio"].value == pytest.approx(1 / 0.9)
