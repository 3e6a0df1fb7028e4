"""Rows that no split tells apart, against a comparison of every row with every split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.model import cells
from training.model.cells import Cells

VALUES = [0.0, 1.0, 1.5, 2.0, 7.0, np.nan]
THRESHOLDS = [-np.inf, 0.0, 1.0, 1.25, 2.0, np.inf]
ROWS = st.lists(st.tuples(*[st.sampled_from(VALUES)] * 3), min_size=1, max_size=30)
SPLITS = st.tuples(*[st.sets(st.sampled_from(THRESHOLDS)).map(sorted)] * 3)


def describe_sides(row: tuple[float, ...], splits: tuple[list[float], ...]) -> list[object]:
    """Say which side of each split a row lies on, or that it has no value to compare."""
    return [
        "missing" if np.isnan(value) else value <= threshold
        for value, thresholds in zip(row, splits, strict=True)
        for threshold in thresholds
    ]


@given(ROWS, SPLITS)
def test_rows_share_a_cell_if_and_only_if_they_are_on_the_same_side_of_every_split(
    rows: list[tuple[float, ...]], splits: tuple[list[float], ...]
) -> None:
    found = Cells.find(splits, list(np.array(rows).T))

    sides = [describe_sides(row, splits) for row in rows]
    for one, own in zip(found.cell, sides, strict=True):
        assert (found.cell == one).tolist() == [own == other for other in sides]
        assert sides[found.first[one]] == own
    assert sorted(set(found.cell)) == list(range(len(found.first)))


def test_small_whole_numbers_lie_where_their_floats_do() -> None:
    whole = np.arange(256, dtype=np.uint8)
    splits = [[0.0, 0.5, 17.0, 200.0, 255.0]]

    assert Cells.find(splits, [whole]).cell.tolist() == (
        Cells.find(splits, [whole.astype(np.float64)]).cell.tolist()
    )


def test_single_precision_is_compared_in_double() -> None:
    column = np.array([0.1, 0.2, 0.05], np.float32)

    cell = Cells.find([[0.1]], [column]).cell

    assert float(column[0]) > 0.1
    assert cell.tolist() == [0, 0, 1]


def test_more_splits_than_a_key_has_room_for_tell_rows_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = np.random.default_rng(3)
    columns = list(draw.integers(4, size=(6, 500)).astype(np.float64))
    splits = [[0.0, 1.0, 2.0]] * 6
    roomy = Cells.find(splits, columns)

    monkeypatch.setattr(cells, "_MOST_KEYS", 100)

    assert Cells.find(splits, columns).cell.tolist() == roomy.cell.tolist()
    assert len(roomy.first) > 400


def test_rows_apart_have_a_cell_each() -> None:
    apart = Cells.apart(3)

    assert (apart.first.tolist(), apart.cell.tolist()) == ([0, 1, 2], [0, 1, 2])
