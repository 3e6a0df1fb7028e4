"""Loans as columns, ordered by user, date and loan id."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shared.release.features import LOAN, LOAN_DATE, STATUS, USER
from training.features.calendar import NEVER, Days

FEATURE_COLUMNS = (
    LOAN,
    USER,
    LOAN_DATE,
    "loan_amount",
    "birthday",
    "job_start_date",
    "flag_own_car",
    STATUS,
)
"""The raw columns that features are computed from."""

_DIGIT_BITS = 16
_PARALLEL_COLUMNS = 2

type Integers = npt.NDArray[np.int64]
type Floats = npt.NDArray[np.float64]
type Mask = npt.NDArray[np.bool_]
type Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class OrderedLoans:
    """Loans ordered by user, date and loan id: `FEATURE_COLUMNS` as arrays.

    Attributes
    ----------
    loan_ids, users : numpy.ndarray of int64, of shape (n_loans,)
        As in the raw file.
    days, birthdays, job_starts : numpy.ndarray of int32, of shape (n_loans,)
        Days since 1970; `NEVER` for a missing job start.
    amounts : numpy.ndarray of float64, of shape (n_loans,)
        As in the raw file.
    own_car : numpy.ndarray of bool, of shape (n_loans,)
        As stated with the loan.
    status : numpy.ndarray of float64, of shape (n_loans,)
        Missing where the outcome is not known.
    """

    loan_ids: Integers
    users: Integers
    days: Days
    amounts: Floats
    birthdays: Days
    job_starts: Days
    own_car: Mask
    status: Floats

    @classmethod
    def from_raw(cls, raw: dict[str, pa.ChunkedArray], rows: Rows) -> Self:
        """Bring raw loans into an order.

        Parameters
        ----------
        raw : dict of str to pyarrow.ChunkedArray
            `FEATURE_COLUMNS`. Emptied column by column, so that no loan is in memory twice.
        rows : numpy.ndarray of int, of shape (n_loans,)
            From `find_order`.
        """

        def take(name: str) -> npt.NDArray[Any]:
            return _to_array(raw.pop(name)).take(rows)

        with ThreadPoolExecutor(_PARALLEL_COLUMNS) as workers:
            return cls(*workers.map(take, FEATURE_COLUMNS))

    def take(self, part: slice) -> Self:
        """Take some of the loans, without copying them."""
        return type(self)(*(getattr(self, field.name)[part] for field in fields(self)))


def find_order(raw: pa.Table) -> Rows:
    """Find the rows of raw loans in the order of user, date and loan id."""
    users, days, loan_ids = (_to_array(raw[name]) for name in (USER, LOAN_DATE, LOAN))
    first_user, first_day = int(users.min()), int(days.min())
    n_days = int(days.max()) - first_day + 1
    if (int(users.max()) - first_user + 1) * n_days > np.iinfo(np.int64).max:
        return np.lexsort((loan_ids, days, users))
    keys = (users - first_user) * n_days + (days - first_day)
    rows = _find_order_of(keys)
    keys = keys.take(rows)
    # Few users have several loans on a day.
    follows = np.concatenate([[False], keys[1:] == keys[:-1], [False]])
    tied = np.flatnonzero(follows[1:] | follows[:-1])
    rows[tied] = rows[tied][np.lexsort((loan_ids[rows[tied]], keys[tied]))]
    return rows


def _find_order_of(keys: Integers) -> Rows:
    """Sort digit by digit: digits of 16 bits are counted by NumPy, not compared."""
    if int(keys.max()).bit_length() > 2 * _DIGIT_BITS:
        return np.argsort(keys, kind="stable")
    rows = np.argsort(keys.astype(np.uint16), kind="stable")
    high_digits = (keys >> _DIGIT_BITS).astype(np.uint16)
    return rows.take(np.argsort(high_digits.take(rows), kind="stable"))


def _to_array(values: pa.ChunkedArray) -> npt.NDArray[Any]:
    if pa.types.is_temporal(values.type):
        days = pc.fill_null(values.cast(pa.date32()).cast(pa.int32()), NEVER)
        return _to_array(days)
    if pa.types.is_dictionary(values.type):
        return np.concatenate([_is_yes(part) for part in values.chunks])
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return _to_array(pc.equal(values, "Y"))
    array: npt.NDArray[Any] = values.to_numpy()
    return array


def _is_yes(flags: pa.DictionaryArray) -> Mask:
    # Each distinct text is compared once.
    yes = pc.equal(flags.dictionary, "Y").to_numpy(zero_copy_only=False)
    taken: Mask = yes[flags.indices.to_numpy()]
    return taken
