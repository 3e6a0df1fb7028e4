"""Letters read as bytes, against texts that are looked up one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.reading.contract import CONTRACT, RAW_COLUMNS
from training.reading.header import Header
from training.reading.parsing import TYPES, parse_csv, parse_typed

_HEADER = Header(",", RAW_COLUMNS, 1, 0)
_LETTERS = [name for name, column in CONTRACT.items() if column.is_letter]
_TEXTS = st.sampled_from(["", "NA", "F", "M", "XNA", "Y", '"N"', " ", "Y ", "Ñ", "\x00", "\x7f"])


def make_block(name: str, texts: list[str]) -> bytes:
    rows = [{**dict.fromkeys(RAW_COLUMNS, ""), name: text} for text in texts]
    return "".join(",".join(row.values()) + "\n" for row in rows).encode()


@given(st.sampled_from(_LETTERS), st.lists(_TEXTS, min_size=1, max_size=6))
def test_a_block_is_parsed_as_if_no_text_were_a_letter(name: str, texts: list[str]) -> None:
    content = make_block(name, texts)

    loans = parse_typed([content], _HEADER)

    # Equal down to the order of the distinct texts.
    assert loans.equals(parse_csv([content], _HEADER, TYPES))
    assert loans.column_names == list(RAW_COLUMNS)


def test_a_byte_that_is_not_text_is_no_letter() -> None:
    content = make_block("code_gender", ["F", "M"]).replace(b"M", b"\xd1")

    with pytest.raises(ValueError, match="UTF8"):
        parse_typed([content], _HEADER)
