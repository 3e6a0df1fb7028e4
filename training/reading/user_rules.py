"""The rules that span several loans: uniqueness, and consistency within a user."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shared.release.features import LOAN, LOAN_DATE, USER
from training.reading.violations import (
    Rule,
    Severity,
    ViolationCollector,
    format_values,
    take_examples,
)

MOST_LOANS_PER_USER = 9_000
"""A sum of more amount fractions, each below 1e15, could overflow 64 bits."""

_BIRTHDAY = "birthday"
_CAR = "flag_own_car"

USER_RULE_COLUMNS = (LOAN, USER, _BIRTHDAY, LOAN_DATE, _CAR)
"""The columns that `check_users` reads."""

_MOST_NUMBERS_PER_ID = 2
"""A count for each number then takes no more than two copies of the ids."""

_UNIQUE = Rule(LOAN, "must be unique", "Keep one row per loan.")
_FEW_ENOUGH = Rule(
    USER,
    f"must have at most {MOST_LOANS_PER_USER:,} loans",
    "Check that they belong to a single borrower.",
)
_ONE_BIRTHDAY = Rule(
    _BIRTHDAY,
    "must be the same on all loans of a user",
    "Correct the birthdays that differ from the one in the user's first row.",
)
_ONE_CAR_FLAG = Rule(
    _CAR,
    "must be the same on all loans of a user's latest loan date",
    "The loan with the highest loan_id is used: correct it if it is wrong.",
    severity=Severity.WARNING,
)

type _Integers = npt.NDArray[np.int64] | npt.NDArray[np.int32]


def check_users(loans: pa.Table) -> ViolationCollector:
    """Check all loans of a file together.

    Parameters
    ----------
    loans : pyarrow.Table of shape (n_loans, n_columns)
        Typed by the contract, with at least `USER_RULE_COLUMNS`; rows with blanks are skipped.

    Returns
    -------
    ViolationCollector
        With row indices, from 0, in place of line numbers.
    """
    collector = ViolationCollector()
    for rule, rows in _find_broken_rules(loans):
        if len(rows):
            examples = take_examples(rows)
            values = format_values(loans[rule.column], examples)
            collector.add(rule, len(rows), examples, values)
    return collector


def count_distinct(ids: pa.ChunkedArray) -> int:
    """Count the distinct ids, but for blanks."""
    if ids.null_count == len(ids):
        return 0
    numbers = _number_ids(ids.drop_null())
    # Marking the ids is ten times as fast as sorting or hashing them.
    seen = np.zeros(numbers.max() + 1, bool)
    seen[numbers] = True
    return int(np.count_nonzero(seen))


def _find_broken_rules(loans: pa.Table) -> Iterator[tuple[Rule, _Integers]]:
    yield _UNIQUE, _find_repeated(loans[LOAN])
    needed = loans.select([USER, _BIRTHDAY, LOAN_DATE, _CAR])
    complete = _find_complete(needed)
    if complete is not None:
        needed = needed.take(pa.array(complete))
    users = _number_ids(needed[USER])
    for rule, rows in (
        (_FEW_ENOUGH, np.flatnonzero(np.bincount(users)[users] > MOST_LOANS_PER_USER)),
        (_ONE_BIRTHDAY, _find_differing_birthdays(users, needed)),
        (_ONE_CAR_FLAG, _find_differing_car_flags(users, needed)),
    ):
        yield rule, rows if complete is None else complete[rows]


def _find_repeated(values: pa.ChunkedArray) -> _Integers:
    if count_distinct(values) == len(values) - values.null_count:
        return np.empty(0, np.int64)
    ordered = np.sort(_to_integers(values.drop_null()))
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    among = pc.is_in(values, value_set=pa.array(np.unique(repeated)))
    return _to_integers(pc.indices_nonzero(among))


def _find_complete(loans: pa.Table) -> _Integers | None:
    if not any(column.null_count for column in loans.columns):
        return None
    valid = np.ones(loans.num_rows, bool)
    for column in loans.columns:
        valid &= pc.is_valid(column).to_numpy()
    return np.flatnonzero(valid)


def _number_ids(ids: pa.ChunkedArray) -> _Integers:
    """Give each distinct id a number; not all numbers below the highest need be given."""
    values = _to_integers(ids)
    if not len(values):
        return values
    first, last = int(values.min()), int(values.max())
    if last - first <= _MOST_NUMBERS_PER_ID * len(values):
        return values - first
    return _to_integers(ids.combine_chunks().dictionary_encode().indices)


def _find_differing_birthdays(users: _Integers, loans: pa.Table) -> _Integers:
    return _find_differing(users, _to_days(loans[_BIRTHDAY]))


def _find_differing_car_flags(users: _Integers, loans: pa.Table) -> _Integers:
    if not len(users):
        return users
    days = _to_days(loans[LOAN_DATE])
    latest = np.full(users.max() + 1, days.min())
    np.maximum.at(latest, users, days)
    on_latest = np.flatnonzero(days == latest[users])
    owns = pc.equal(pc.cast(loans[_CAR].take(pa.array(on_latest)), pa.string()), "Y")
    return on_latest[_find_differing(users[on_latest], owns.to_numpy().astype(np.int32))]


def _find_differing(users: _Integers, values: _Integers) -> _Integers:
    """Find the rows whose value differs from the one in the user's first row."""
    if not len(users):
        return users
    firsts = np.empty(users.max() + 1, values.dtype)
    firsts[users[::-1]] = values[::-1]
    return np.flatnonzero(values != firsts[users])


def _to_days(dates: pa.ChunkedArray) -> _Integers:
    return _to_integers(pc.cast(dates, pa.int32()))


def _to_integers(values: pa.ChunkedArray) -> _Integers:
    integers: _Integers = values.to_numpy()
    return integers
