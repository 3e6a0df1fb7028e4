"""The rules that a row keeps or breaks by itself."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from shared.release.features import LOAN_DATE
from training.reading.checks import present
from training.reading.contract import CONTRACT
from training.reading.violations import Rule, Severity, ViolationCollector, first_of, tell_values

_BIRTHDAY = "birthday"
_JOB_START = "job_start_date"
_FULL_AGE_YEARS = 18


def make_row_rules(as_of: date) -> tuple[Rule, ...]:
    """List the rules on values and on the order of a row's days.

    Parameters
    ----------
    as_of : datetime.date
        The day of the run: no loan may be later.
    """
    return (*_column_rules(), *_day_rules(as_of))


def check_rows(
    loans: pa.Table, rules: tuple[Rule, ...], misfits: dict[str, pa.Array]
) -> ViolationCollector:
    """Hold rows against the rules, each by itself.

    Parameters
    ----------
    loans : pyarrow.Table of shape (n_loans, 24)
        Typed as the contract says.
    rules : tuple of Rule
        From `make_row_rules`.
    misfits : dict of str to pyarrow.Array
        By column, which values could not be read: they break no further rule of the column.

    Returns
    -------
    ViolationCollector
        With places in the table, from 0, for lines.
    """
    collector = ViolationCollector()
    for rule in rules:
        if rule.breaks is None:
            continue
        broken = rule.breaks(loans)
        if rule.column in misfits:
            broken = pc.and_not(broken, misfits[rule.column])
        count = pc.sum(broken).as_py()
        if count:
            places = first_of(pc.indices_nonzero(broken).to_numpy())
            collector.add(rule, count, places, tell_values(loans[rule.column], places))
    return collector


def _column_rules() -> list[Rule]:
    rules = []
    for name, column in CONTRACT.items():
        if not column.nullable:
            rules.append(present(name))
        rules += [check(name) for check in column.checks]
    return rules


def _day_rules(as_of: date) -> list[Rule]:
    return [
        Rule(
            LOAN_DATE,
            f"must not be later than the as-of date {as_of}",
            "Correct the day, or run as of a later one.",
            lambda loans: pc.greater(loans[LOAN_DATE], pa.scalar(as_of)),
        ),
        Rule(
            _BIRTHDAY,
            "must not be later than the loan's own day",
            "Correct whichever day is wrong.",
            lambda loans: pc.greater(loans[_BIRTHDAY], loans[LOAN_DATE]),
        ),
        Rule(
            LOAN_DATE,
            f"must not be before the borrower's {_FULL_AGE_YEARS}th birthday",
            "Ask whether the birthday is right.",
            _is_lent_to_a_minor,
            Severity.WARNING,
        ),
        Rule(
            _JOB_START,
            "must not be before the birthday",
            "Correct whichever day is wrong.",
            lambda loans: pc.less(loans[_JOB_START], loans[_BIRTHDAY]),
            Severity.WARNING,
        ),
    ]


def _is_lent_to_a_minor(loans: pa.Table) -> pa.ChunkedArray:
    lent, born = loans[LOAN_DATE], loans[_BIRTHDAY]
    age = pc.subtract(_number_of_day(lent), _number_of_day(born))
    # Who was not even born breaks the graver rule on the birthday.
    return pc.and_(pc.less(age, _FULL_AGE_YEARS * 10_000), pc.greater_equal(lent, born))


def _number_of_day(days: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write days as the number YYYYMMDD, whose differences are years times 10,000."""
    month_and_day = pc.add(pc.multiply(pc.month(days), 100), pc.day(days))
    return pc.add(pc.multiply(pc.year(days), 10_000), month_and_day)
