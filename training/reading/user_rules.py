"""The rules that only all loans together keep or break."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shared.release.features import LOAN, LOAN_DATE, USER
from training.reading.violations import Rule, Severity, ViolationCollector, first_of, tell_values

MOST_LOANS_PER_USER = 9_000
"""More fractions of an amount than this, each below 1e15, could wrap in 64 bits."""

_BIRTHDAY = "birthday"
_CAR = "flag_own_car"

_UNIQUE = Rule(LOAN, "must be unique", "Keep one row per loan.")
_FEW_ENOUGH = Rule(
    USER,
    f"must have at most {MOST_LOANS_PER_USER:,} loans",
    "Ask whether all of them are one borrower's.",
)
_ONE_BIRTHDAY = Rule(
    _BIRTHDAY,
    "must be one and the same on all loans of a user",
    "Correct the birthdays that differ from that of the user's first row.",
)
_ONE_CAR_FLAG = Rule(
    _CAR,
    "must be one and the same on all loans of a user's latest day",
    "The loan with the highest loan_id counts: correct it if it is the wrong one.",
    severity=Severity.WARNING,
)

type _Integers = npt.NDArray[np.int64] | npt.NDArray[np.int32]


def check_users(loans: pa.Table) -> ViolationCollector:
    """Hold all loans together against the rules.

    Parameters
    ----------
    loans : pyarrow.Table of shape (n_loans, 24)
        Typed as the contract says; blanks are left aside.

    Returns
    -------
    ViolationCollector
        With places in the table, from 0, for lines.
    """
    collector = ViolationCollector()
    for rule, places in _broken_rules(loans):
        if len(places):
            told = first_of(places)
            collector.add(rule, len(places), told, tell_values(loans[rule.column], told))
    return collector


def _broken_rules(loans: pa.Table) -> Iterator[tuple[Rule, _Integers]]:
    yield _UNIQUE, _find_repeated(loans[LOAN])
    needed = loans.select([USER, _BIRTHDAY, LOAN_DATE, _CAR])
    complete = _find_complete(needed)
    if complete is not None:
        needed = needed.take(pa.array(complete))
    users = _number_users(needed[USER])
    for rule, places in (
        (_FEW_ENOUGH, np.flatnonzero(np.bincount(users)[users] > MOST_LOANS_PER_USER)),
        (_ONE_BIRTHDAY, _find_other_birthdays(users, needed)),
        (_ONE_CAR_FLAG, _find_other_car_flags(users, needed)),
    ):
        yield rule, places if complete is None else complete[places]


def _find_repeated(values: pa.ChunkedArray) -> _Integers:
    ordered = np.sort(_to_integers(values.drop_null()))
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return np.empty(0, np.int64)
    among = pc.is_in(values, value_set=pa.array(np.unique(repeated)))
    return _to_integers(pc.indices_nonzero(among))


def _find_complete(loans: pa.Table) -> _Integers | None:
    if not any(column.null_count for column in loans.columns):
        return None
    valid = np.ones(loans.num_rows, bool)
    for column in loans.columns:
        valid &= pc.is_valid(column).to_numpy()
    return np.flatnonzero(valid)


def _number_users(ids: pa.ChunkedArray) -> _Integers:
    return _to_integers(pc.index_in(ids, value_set=pc.unique(ids)))


def _find_other_birthdays(users: _Integers, loans: pa.Table) -> _Integers:
    return _find_others(users, _to_days(loans[_BIRTHDAY]))


def _find_other_car_flags(users: _Integers, loans: pa.Table) -> _Integers:
    if not len(users):
        return users
    days = _to_days(loans[LOAN_DATE])
    latest = np.full(users.max() + 1, days.min())
    np.maximum.at(latest, users, days)
    on_latest = np.flatnonzero(days == latest[users])
    owns = pc.equal(pc.cast(loans[_CAR].take(pa.array(on_latest)), pa.string()), "Y")
    return on_latest[_find_others(users[on_latest], owns.to_numpy().astype(np.int32))]


def _find_others(users: _Integers, values: _Integers) -> _Integers:
    """Find where a value differs from that of the user's first row."""
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
