"""The rules on single rows."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from shared.release.features import LOAN_DATE
from training.reading.checks import present
from training.reading.contract import CONTRACT
from training.reading.violations import (
    Rule,
    Severity,
    ViolationCollector,
    format_values,
    take_examples,
)

_BIRTHDAY = "birthday"
_JOB_START = "job_start_date"
_FULL_AGE_YEARS = 18
_MOST_DAYS_OF_MINORS = _FULL_AGE_YEARS * 365 + 5
"""In 18 years there are at most five leap days."""


def make_row_rules(as_of: date) -> tuple[Rule, ...]:
    """List the rules on values and on the order of a row's dates.

    Parameters
    ----------
    as_of : datetime.date
        The date of the run: no loan may be dated later.
    """
    return (*_column_rules(), *_date_rules(as_of))


def check_rows(
    loans: pa.Table, rules: tuple[Rule, ...], unreadable: dict[str, pa.Array]
) -> ViolationCollector:
    """Check each row against the rules.

    Parameters
    ----------
    loans : pyarrow.Table of shape (n_loans, 24)
        Typed by the contract.
    rules : tuple of Rule
        From `make_row_rules`.
    unreadable : dict of str to pyarrow.Array
        By column, a mask of the values that could not be read: they break no other rule.

    Returns
    -------
    ViolationCollector
        With row indices, from 0, in place of line numbers.
    """
    collector = ViolationCollector()
    for rule in rules:
        if rule.breaks is None:
            continue
        broken = rule.breaks(loans)
        if broken is None:
            continue
        if rule.column in unreadable:
            broken = pc.and_not(broken, unreadable[rule.column])
        count = pc.sum(broken).as_py()
        if count:
            rows = take_examples(pc.indices_nonzero(broken).to_numpy())
            collector.add(rule, count, rows, format_values(loans[rule.column], rows))
    return collector


def _column_rules() -> list[Rule]:
    rules = []
    for name, column in CONTRACT.items():
        if not column.nullable:
            rules.append(present(name))
        rules += [check(name) for check in column.checks]
    return rules


def _date_rules(as_of: date) -> list[Rule]:
    return [
        Rule(
            LOAN_DATE,
            f"must not be later than the as-of date {as_of}",
            "Correct the date, or use a later as-of date.",
            lambda loans: pc.greater(loans[LOAN_DATE], pa.scalar(as_of)),
        ),
        Rule(
            _BIRTHDAY,
            "must not be later than the loan date",
            "Correct whichever date is wrong.",
            lambda loans: pc.greater(loans[_BIRTHDAY], loans[LOAN_DATE]),
        ),
        Rule(
            LOAN_DATE,
            f"must not be before the borrower's {_FULL_AGE_YEARS}th birthday",
            "Check the birthday at its source.",
            _is_borrower_minor,
            Severity.WARNING,
        ),
        Rule(
            _JOB_START,
            "must not be before the birthday",
            "Correct whichever date is wrong.",
            lambda loans: pc.less(loans[_JOB_START], loans[_BIRTHDAY]),
            Severity.WARNING,
        ),
    ]


def _is_borrower_minor(loans: pa.Table) -> pa.ChunkedArray | None:
    lent, born = loans[LOAN_DATE], loans[_BIRTHDAY]
    days = pc.subtract(lent.cast(pa.int32()), born.cast(pa.int32()))
    if (pc.min(days).as_py() or 0) >= _MOST_DAYS_OF_MINORS:
        return None
    age = pc.subtract(_date_to_number(lent), _date_to_number(born))
    # A loan before the birth breaks the stricter rule on the birthday.
    return pc.and_(pc.less(age, _FULL_AGE_YEARS * 10_000), pc.greater_equal(lent, born))


def _date_to_number(dates: pa.ChunkedArray) -> pa.ChunkedArray:
    """Convert dates to numbers YYYYMMDD, so that 10,000 is the difference of a year."""
    month_and_day = pc.add(pc.multiply(pc.month(dates), 100), pc.day(dates))
    return pc.add(pc.multiply(pc.year(dates), 10_000), month_and_day)
