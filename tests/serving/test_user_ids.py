"""User ids in URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.errors import MalformedUserIdError
from serving.user_ids import parse_user_id


@given(st.integers(0, 2**63 - 1), st.integers(0, 30))
def test_digits_are_read_with_or_without_leading_zeros(number: int, zeros: int) -> None:
    assert parse_user_id("0" * zeros + str(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 7",
        "7 ",
        "+7",
        "-7",
        "7.0",
        "1e3",
        "0x7",
        "\u0667",
        "\uff17",
        "seven",
        "7;",
        str(2**63),
        "9" * 5000,
    ],
)
def test_anything_else_is_malformed(text: str) -> None:
    with pytest.raises(MalformedUserIdError, match="whole number from 0 to 9223372036854775807"):
        parse_user_id(text)
