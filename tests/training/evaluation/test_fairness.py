"""Groups, compared by hand and by a slow loop."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.release.evaluation import Group
from training.evaluation.fairness import UNKNOWN, age_bands, compare_groups

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
def test_groups_are_what_a_loop_makes_of_them(
    drawn: list[tuple[int, float, str | float | None, int]],
) -> None:
    compared = compare_groups(*zip(*drawn, strict=True))

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


def test_groups_come_by_name_and_the_unknown_last() -> None:
    compared = compare_groups([0, 0, 1], [0.1, 0.2, 0.3], ["x", None, "m"], [0, 0, 1])

    assert [group.group for group in compared] == ["m", "x", UNKNOWN]
    assert [group.approval_rate for group in compared] == [0, 1, 1]


def test_without_loans_there_is_no_group() -> None:
    assert compare_groups([], [], [], []) == []


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
def test_an_age_is_in_its_band(age: float, band: str) -> None:
    assert age_bands([30, age]).tolist() == ["25-34", band]


def test_no_ages_have_no_bands() -> None:
    assert age_bands([]).tolist() == []
