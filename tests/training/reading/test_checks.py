"""The checks' shortcuts: a rule that says that no row breaks it is right."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.portfolios import AS_OF
from training.reading.checks import between, one_of, present, without_control_characters
from training.reading.contract import CATEGORY
from training.reading.row_rules import make_row_rules
from training.reading.violations import Rule

_NUMBERS = st.none() | st.sampled_from([-1, 0, 1, 2, 3])
_FLOATS = st.none() | st.sampled_from([-1.0, 0.0, 0.5, 1.0, float("nan"), float("inf")])
_TEXTS = st.none() | st.sampled_from(["Y", "N", "y", "", "\x1b[31m"])

_RULES: dict[str, tuple[Rule, pa.DataType, st.SearchStrategy[Any], Callable[[Any], bool]]] = {
    "between": (between(0, 2)("x"), pa.int64(), _NUMBERS, lambda x: not 0 <= x <= 2),
    "between floats": (between(0.0, 1.0)("x"), pa.float64(), _FLOATS, lambda x: x < 0 or x > 1),
    "one of adjacent numbers": (one_of(0, 1)("x"), pa.int64(), _NUMBERS, lambda x: x not in (0, 1)),
    "one of distant numbers": (one_of(0, 2)("x"), pa.int64(), _NUMBERS, lambda x: x not in (0, 2)),
    "one of floats": (one_of(0.0, 1.0)("x"), pa.float64(), _FLOATS, lambda x: x not in (0, 1)),
    "one of texts": (one_of("Y", "N")("x"), CATEGORY, _TEXTS, lambda x: x not in ("Y", "N")),
    "no control characters": (
        without_control_characters("x"),
        CATEGORY,
        _TEXTS,
        lambda x: "\x1b" in x,
    ),
}


def find_broken(rule: Rule, loans: pa.Table) -> list[bool]:
    assert rule.breaks
    broken = rule.breaks(loans)
    if broken is None:
        return [False] * loans.num_rows
    return [bool(one) for one in broken.to_pylist()]


@pytest.mark.parametrize("kind", _RULES)
@given(st.data())
def test_a_rule_is_broken_by_the_rows_that_break_it_one_by_one(kind: str, data: Any) -> None:
    rule, arrow_type, drawn, breaks = _RULES[kind]
    values = data.draw(st.lists(drawn, max_size=5))

    found = find_broken(rule, pa.table({"x": pa.array(values, arrow_type)}))

    assert found == [value is not None and breaks(value) for value in values]


@given(st.lists(_NUMBERS, max_size=5))
def test_a_blank_breaks_the_rule_of_presence(values: list[int | None]) -> None:
    found = find_broken(present("x"), pa.table({"x": pa.array(values, pa.int64())}))

    assert found == [value is None for value in values]


@given(
    st.lists(
        st.tuples(
            st.none() | st.dates(date(1900, 1, 1), date(2022, 1, 1)),
            st.none() | st.integers(6560, 6590) | st.integers(-400, 9000),
        ),
        max_size=4,
    )
)
def test_a_borrower_is_a_minor_before_the_18th_birthday(
    drawn: list[tuple[date | None, int | None]],
) -> None:
    born = [birthday for birthday, _ in drawn]
    lent = [
        None if birthday is None or days is None else birthday + timedelta(days)
        for birthday, days in drawn
    ]
    (rule,) = (one for one in make_row_rules(AS_OF) if "18th birthday" in one.requirement)
    loans = pa.table(
        {"birthday": pa.array(born, pa.date32()), "loan_date": pa.array(lent, pa.date32())}
    )

    found = find_broken(rule, loans)

    assert found == [
        None not in (birthday, day) and is_minor(birthday, day)
        for birthday, day in zip(born, lent, strict=True)
    ]


def is_minor(born: Any, day: Any) -> bool:
    years = day.year - born.year - ((born.month, born.day) > (day.month, day.day))
    return bool(years < 18 and day >= born)
