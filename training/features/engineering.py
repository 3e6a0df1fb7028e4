"""Describe a whole file's loans and users, a part of the users at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.features import LOAN, USER
from training.features.definitions import loan_features, trace_histories, user_features

_LOANS_AT_A_TIME = 400_000
"""Enough for the engine to be quick, and few beside a file of millions."""

_PARTS_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Engineered:
    """A file's loans and users as features.

    Attributes
    ----------
    loans : pandas.DataFrame of shape (n_loans, 11)
        From `training.features.definitions.loan_features`, ordered by user.
    users : pandas.DataFrame of shape (n_users, 10)
        From `training.features.definitions.user_features`, ordered by user.
    applicants : pandas.DataFrame of shape (n_users, n_columns)
        Each user's most recent raw loan, ordered by user.
    """

    loans: pd.DataFrame
    users: pd.DataFrame
    applicants: pd.DataFrame


def engineer_features(raw: pd.DataFrame, as_of: date, outcome_lag_days: int) -> Engineered:
    """Describe all loans and users of a file.

    Parameters
    ----------
    raw : pandas.DataFrame of shape (n_loans, n_columns)
        Loans that keep the data contract, in any order. Not modified.
    as_of : datetime.date
        The day on which served ages are counted.
    outcome_lag_days : int
        After how many days a loan's outcome is known; at least 1.

    Notes
    -----
    No feature looks beyond its user, so users are described apart, two parts at once: what that
    takes of memory depends on `_LOANS_AT_A_TIME`, not on the file.
    """

    def engineer(rows: npt.NDArray[np.intp]) -> Engineered:
        part = raw.take(rows)
        histories = trace_histories(part, outcome_lag_days)
        users = user_features(histories, as_of)
        return Engineered(loan_features(histories), users, part[part[LOAN].isin(users[LOAN])])

    loans, users, applicants = _Stack(len(raw)), [], []
    with ThreadPoolExecutor(_PARTS_AT_ONCE) as workers:
        for part in workers.map(engineer, _part_by_user(raw[USER].to_numpy())):
            loans.add(part.loans)
            users.append(part.users)
            applicants.append(part.applicants)
    return Engineered(
        loans.to_frame(),
        pd.concat(users, ignore_index=True),
        pd.concat(applicants, ignore_index=True),
    )


def _part_by_user(users: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.intp]]:
    """Part the rows so that each user's are together, and users ascend."""
    order = np.argsort(users, kind="stable")
    ordered = users[order]
    start = 0
    while start < len(order):
        last = ordered[min(start + _LOANS_AT_A_TIME, len(order)) - 1]
        end = int(np.searchsorted(ordered, last, side="right"))
        yield order[start:end]
        start = end


class _Stack:
    """Frames one below the other, in room that is taken once.

    Parameters
    ----------
    n_rows : int
        Of all frames together.
    """

    def __init__(self, n_rows: int) -> None:
        self._n_rows = n_rows
        self._end = 0
        self._columns: dict[Any, npt.NDArray[Any]] = {}

    def add(self, frame: pd.DataFrame) -> None:
        start, self._end = self._end, self._end + len(frame)
        for name in frame:
            values = frame[name].to_numpy()
            column = self._columns.setdefault(name, np.empty(self._n_rows, values.dtype))
            column[start : self._end] = values

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame(self._columns, copy=False)
