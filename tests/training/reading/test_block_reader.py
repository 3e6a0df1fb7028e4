"""The reader of faulty blocks, against the parser of valid ones."""

from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from training.reading import block_reader
from training.reading.block_reader import Block, read_block
from training.reading.blocks import cut_block, has_unclosed_quote
from training.reading.contract import CONTRACT, RAW_COLUMNS
from training.reading.header import Header
from training.reading.parsing import parse_typed

_HEADER = Header(",", RAW_COLUMNS, 1, 0)

_LINE = (
    "1,7,F,Y,N,0,27000.0,Working,Higher education,Married,House / apartment,-12000,-2000,1,0,0,0,"
    ",2.0,0,1987-03-01,2014-06-01,2020-02-29,1000.5,a note"
)
_LINE_LENGTH = len(_LINE)
_N_LINES = 12
_WITH_NOTE = Header(",", (*RAW_COLUMNS, "note"), 1, 0)
_UNCLOSED = "row: must close every quote on its own line"

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
    with mock.patch.object(block_reader, "_PART_BYTES", part_bytes):
        block = read_block(content, _WITH_NOTE)
    found = block.collector.to_violations(1, RAW_COLUMNS)
    lines = list(range(block.loans.num_rows)) if block.lines is None else block.lines
    unreadable = {name: mask.to_pylist() for name, mask in block.unreadable.items()}
    return block.loans.to_pydict(), lines, block.n_rows, unreadable, list(map(str, found))


@settings(max_examples=500)
@given(
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
    st.lists(
        st.tuples(
            st.integers(0, _N_LINES * _LINE_LENGTH),
            st.sampled_from(['"', '""', '"\n"', ",", "\n", "\r", "é", "x", "M" * 500]),
        ),
        max_size=3,
    ),
    st.integers(1, _N_LINES * _LINE_LENGTH),
)
def test_lines_parsed_in_parts_are_read_as_if_parsed_at_once(
    line_end: str, last_is_ended: bool, insertions: list[tuple[int, str]], part_bytes: int
) -> None:
    text = line_end.join([_LINE] * _N_LINES) + line_end * last_is_ended
    for place, inserted in insertions:
        text = text[:place] + inserted + text[place:]
    content = text.encode()

    assert read_in_parts(content, part_bytes) == read_in_parts(content, len(content))


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("lines_per_part", [1, 2, 3, _N_LINES])
def test_an_open_quote_is_a_violation_wherever_parts_end(
    lines_per_part: int, line_end: str
) -> None:
    part_bytes = lines_per_part * (_LINE_LENGTH + len(line_end)) + len('"')
    for line in range(_N_LINES):
        lines = [_LINE] * _N_LINES
        lines[line] = _LINE.replace("a note", '"a note')

        *_, (found, *_) = read_in_parts(line_end.join(lines).encode(), part_bytes)

        assert found.startswith(f"{_UNCLOSED}; 1 row breaks this: line {line} has ")


@pytest.mark.parametrize("away", [-1, 0, 1])
def test_an_open_quote_is_a_violation_where_the_first_part_ends(away: int) -> None:
    lines = [_LINE] * 5_000
    line = block_reader._PART_BYTES // (_LINE_LENGTH + 1) + away
    lines[line] = _LINE.replace("a note", '"a note')

    block = read_block("\n".join(lines).encode(), _WITH_NOTE)

    (found,) = block.collector.to_violations(block.n_rows, RAW_COLUMNS)
    assert str(found).startswith(f"{_UNCLOSED}; 1 row breaks this: line {line} has ")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        (b"ab\ncd\nef\n", [b"ab\n", b"cd\n", b"ef\n"]),
        (b"a\nb\nc\nd", [b"a\nb\n", b"c\nd"]),
        (b"ab\n\n\ncd", [b"ab\n\n", b"\ncd"]),
        (b"a\nbcdefg\nh", [b"a\n", b"bcdefg\n", b"h"]),
        (b"abcdefgh", [b"abcdefgh"]),
        (b"a\rb\rc\rd\r", [b"a\rb\rc\rd\r"]),
        (b"abcd", [b"abcd"]),
    ],
)
def test_a_block_is_cut_after_line_feeds(content: bytes, parts: list[bytes]) -> None:
    assert list(cut_block(content, 4)) == parts


def test_categories_of_all_parts_are_in_the_order_in_which_they_come_first() -> None:
    lines = [_LINE.replace("Working", text) for text in ("B", "A", "C", "NA", "A", "D")]
    content = "\n".join(lines).encode()

    read = [
        parse_typed(list(cut_block(content, part_bytes)), _WITH_NOTE)["name_income_type"].chunks
        for part_bytes in (_LINE_LENGTH, len(content))
    ]

    assert read[0] == read[1]
    assert read[0][0].dictionary.to_pylist() == ["B", "A", "C", "D"]


@pytest.mark.parametrize(
    ("length", "quote"),
    # Python's csv module accepts no value above 131,072 characters.
    [(1_000_000, ""), (1_000_000, '"'), (140_000, '"')],
)
def test_a_line_longer_than_usual_is_read(length: int, quote: str) -> None:
    lines = [_LINE] * 5_000
    for place in (0, 2_000, 4_999):
        lines[place] = _LINE.replace("a note", quote + "a" * length + quote)

    block = read_block("\n".join(lines).encode(), _WITH_NOTE)

    assert block.loans.num_rows == len(lines)
    assert not block.collector.to_violations(block.n_rows, RAW_COLUMNS)
    assert block.lines is None


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("line", "unclosed"),
    [
        (b"a,b", False),
        (b'a,"b', True),
        (b'a,"b"', False),
        (b'a,"b""', True),
        (b'a,b"', False),
        (b'"a,b"c"', False),
        (b'"a"" ""b"c,"d', True),
        (b'"long"', False),
        (b'"long""', True),
    ],
)
def test_a_quote_is_unclosed_when_the_line_ends_inside_it(
    line: bytes, unclosed: bool, delimiter: str
) -> None:
    line = line.replace(b",", delimiter.encode()).replace(b"long", b"a" * 200_000)

    assert has_unclosed_quote(line, delimiter) == unclosed


def test_unreadable_values_are_marked_in_every_column_but_text() -> None:
    block = read_block((",".join(["?"] * len(RAW_COLUMNS)) + "\n1\n").encode(), _HEADER)

    texts = [name for name, column in CONTRACT.items() if "text" in column.expected]
    assert list(block.unreadable) == [name for name in RAW_COLUMNS if name not in texts]
    assert all(find_values(block, name) == ["?"] for name in texts)
