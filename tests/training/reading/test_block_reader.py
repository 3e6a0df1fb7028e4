"""The reader of faulty blocks, against the parser of valid ones."""

from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from training.reading import parsing
from training.reading.block_reader import Block, read_block
from training.reading.blocks import has_unclosed_quote
from training.reading.contract import CONTRACT, RAW_COLUMNS
from training.reading.header import Header

_HEADER = Header(",", RAW_COLUMNS, 1, 0)

_LINE = (
    "1,7,F,Y,N,0,27000.0,Working,Higher education,Married,House / apartment,-12000,-2000,1,0,0,0,"
    ",2.0,0,1987-03-01,2014-06-01,2020-02-29,1000.5"
)
_LINE_LENGTH = len(_LINE)

_VALUES = st.text("0123456789-+.:eExXaAfFinNdIT_, \t\u0663", max_size=12)


def make_block(name: str, value: str) -> bytes:
    values = dict.fromkeys(RAW_COLUMNS, "")
    values[name] = f'"{value}"'
    return ",".join(values.values()).encode() + b"\n"


def find_values(block: Block, name: str) -> list[object]:
    values: list[object] = block.loans[name].cast(pa.string()).to_pylist()
    return values


@settings(max_examples=500)
@given(st.sampled_from(["id", "loan_amount", "birthday", "name_income_type"]), _VALUES)
@example("id", "1_000")
@example("id", " 0x1F\t")
@example("birthday", "20200101")
@example("loan_amount", " ")
@example("loan_amount", "-Infinity")
@example("loan_amount", "+NaN ")
@example("loan_amount", ".5e+3")
@example("loan_amount", "5.")
@example("loan_amount", "1e5")
@example("loan_amount", "0x1F")
@example("id", "-0X1f")
@example("id", "+1")
@example("birthday", "0000-01-01")
def test_a_value_in_a_faulty_block_is_read_as_in_a_valid_one(name: str, value: str) -> None:
    alone = read_block(make_block(name, value), _HEADER)

    beside = read_block(make_block(name, value) + b"1,2\n", _HEADER)

    assert find_values(beside, name)[0] == find_values(alone, name)[0]
    assert (name in beside.unreadable) == (name in alone.unreadable)
    # A value that the parser accepts must be readable in a faulty block too.
    assert alone.lines is None or name in alone.unreadable


@settings(max_examples=500)
@given(st.lists(st.text('",ab', max_size=60), max_size=6))
def test_every_line_is_a_loan_or_a_violation(texts: list[str]) -> None:
    valid = ",".join([""] * len(RAW_COLUMNS))
    lines = [valid, *texts, valid]

    block = read_block("\n".join(lines).encode(), _HEADER)

    violations = block.collector.to_violations(1, RAW_COLUMNS)
    rejected = sum(violation.count for violation in violations if violation.column == "row")
    assert block.loans.num_rows + rejected == sum(map(bool, lines)) == block.n_rows


def read_in_parts(content: bytes, part_bytes: int) -> tuple[Any, ...]:
    with mock.patch.object(parsing, "_CACHED_BYTES", part_bytes):
        block = read_block(content, _HEADER)
    found = block.collector.to_violations(1, RAW_COLUMNS)
    unreadable = {name: mask.to_pylist() for name, mask in block.unreadable.items()}
    return block.loans.to_pydict(), block.n_lines, block.n_rows, unreadable, list(map(str, found))


@settings(max_examples=500)
@given(
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.lists(
        st.tuples(
            st.integers(0, 20 * _LINE_LENGTH),
            st.sampled_from(['"', '""', '"\n"', ",", "\n", "\r", "é", "x", "M" * 500]),
        ),
        max_size=3,
    ),
    st.integers(_LINE_LENGTH + 2, 20 * _LINE_LENGTH),
)
def test_lines_parsed_in_parts_are_read_as_if_parsed_at_once(
    line_end: str, insertions: list[tuple[int, str]], part_bytes: int
) -> None:
    text = line_end.join([_LINE] * 20)
    for place, inserted in insertions:
        text = text[:place] + inserted + text[place:]
    content = text.encode()

    assert read_in_parts(content, part_bytes) == read_in_parts(content, len(content) + 1)


@pytest.mark.parametrize("line", range(20))
def test_a_quote_that_is_left_open_where_a_part_may_end_is_a_violation(line: int) -> None:
    lines = [_LINE] * 20
    lines[line] = _LINE.replace("1000.5", '"1000.5')

    *_, (found,) = read_in_parts("\n".join(lines).encode(), 3 * (_LINE_LENGTH + 1))

    rule = "row: must close every quote on its own line"
    assert found.startswith(f"{rule}; 1 row breaks this: line {line} has ")


@pytest.mark.parametrize(
    ("line", "unclosed"),
    [
        (b"a,b", False),
        (b'a,"b', True),
        (b'a,"b"', False),
        (b'a,"b""', True),
        (b'a,b"', False),
        (b'"a,b"c"', False),
        (b'"' + b"a" * 200_000 + b'"', True),
    ],
)
def test_a_quote_is_unclosed_when_the_line_ends_inside_it(line: bytes, unclosed: bool) -> None:
    assert has_unclosed_quote(line, ",") == unclosed


def test_unreadable_values_are_marked_in_every_column_but_text() -> None:
    block = read_block((",".join(["?"] * len(RAW_COLUMNS)) + "\n1\n").encode(), _HEADER)

    texts = [name for name, column in CONTRACT.items() if "text" in column.expected]
    assert list(block.unreadable) == [name for name in RAW_COLUMNS if name not in texts]
    assert all(find_values(block, name) == ["?"] for name in texts)
