"""A block that is read with care, against the parser that reads sound ones."""

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from training.reading.block_reader import Block, read_block
from training.reading.blocks import is_left_open
from training.reading.contract import CONTRACT, RAW_COLUMNS
from training.reading.header import Header

_HEADER = Header(",", RAW_COLUMNS, 1, 0)

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
def test_a_value_beside_a_fault_is_taken_as_it_is_in_a_sound_block(name: str, value: str) -> None:
    alone = read_block(make_block(name, value), _HEADER)

    beside = read_block(make_block(name, value) + b"1,2\n", _HEADER)

    assert find_values(beside, name)[0] == find_values(alone, name)[0]
    assert (name in beside.misfits) == (name in alone.misfits)
    # Where the sound way took the block, the careful one must find no more fault in it.
    assert alone.lines is None or name in alone.misfits


@settings(max_examples=500)
@given(st.lists(st.text('",ab', max_size=60), max_size=6))
def test_every_line_is_a_loan_or_a_finding(texts: list[str]) -> None:
    sound = ",".join([""] * len(RAW_COLUMNS))
    lines = [sound, *texts, sound]

    block = read_block("\n".join(lines).encode(), _HEADER)

    violations = block.collector.to_violations(1, RAW_COLUMNS)
    told = sum(violation.count for violation in violations if violation.column == "row")
    assert block.loans.num_rows + told == sum(map(bool, lines)) == block.n_rows


@pytest.mark.parametrize(
    ("line", "left_open"),
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
def test_a_line_is_left_open_when_its_last_quote_does_not_close(
    line: bytes, left_open: bool
) -> None:
    assert is_left_open(line, ",") == left_open


def test_every_column_can_be_read_with_care() -> None:
    block = read_block((",".join(["?"] * len(RAW_COLUMNS)) + "\n1\n").encode(), _HEADER)

    texts = [name for name, column in CONTRACT.items() if "text" in column.expected]
    assert list(block.misfits) == [name for name in RAW_COLUMNS if name not in texts]
    assert all(find_values(block, name) == ["?"] for name in texts)
