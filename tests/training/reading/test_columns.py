"""Columns joined from their parts, against Arrow's own concatenation."""

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.reading.columns import ColumnBuilder
from training.reading.contract import CATEGORY

_VALUES: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.float64(): st.floats(allow_nan=False),
    pa.date32(): st.dates(date(1900, 1, 1), date(9999, 12, 31)),
    CATEGORY: st.sampled_from(["", "F", "M", "Ñ", "a text"]),
}


@given(
    st.sampled_from(list(_VALUES)).flatmap(
        lambda kind: st.tuples(
            st.just(kind), st.lists(st.lists(st.none() | _VALUES[kind], max_size=5), max_size=5)
        )
    ),
    st.integers(0, 12),
)
def test_a_column_has_the_values_of_its_parts(
    drawn: tuple[pa.DataType, list[list[object]]], expected_length: int
) -> None:
    kind, parts = drawn
    builder = ColumnBuilder(kind, expected_length)

    for part in parts:
        builder.append(pa.array(part, kind))

    joined = builder.finish()
    assert joined.type == kind
    assert joined.to_pylist() == [value for part in parts for value in part]
    assert joined.null_count == sum(part.count(None) for part in parts)


def test_texts_are_numbered_in_the_order_of_the_file() -> None:
    builder = ColumnBuilder(CATEGORY, 4)
    parts = [["b", None, "a"], ["c", "a"]]

    for part in parts:
        builder.append(pa.array(part, CATEGORY))

    chunks = [pa.array(part, CATEGORY) for part in parts]
    unified = pa.chunked_array(chunks).unify_dictionaries().combine_chunks()
    assert builder.finish().equals(unified)


def test_a_slice_of_an_array_is_appended_without_its_neighbours() -> None:
    builder = ColumnBuilder(pa.date32(), 1)

    builder.append(pa.array([None, date(2020, 1, 1), date(2020, 1, 2)], pa.date32())[1:])

    assert builder.finish().to_pylist() == [date(2020, 1, 1), date(2020, 1, 2)]


@pytest.mark.parametrize("kind", _VALUES)
def test_a_column_without_parts_is_empty(kind: pa.DataType) -> None:
    assert ColumnBuilder(kind, 3).finish().equals(pa.array([], kind))
