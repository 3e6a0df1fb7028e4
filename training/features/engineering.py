"""Engineer the features of a whole file, a batch of users at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.features import LOAN, USER
from training.features.definitions import loan_features, loan_histories, user_features

_BATCH_LOANS = 400_000
"""Large enough for the engine to be fast, small beside a file of millions of loans."""

_PARALLEL_BATCHES = 2


@dataclass(frozen=True, slots=True)
class EngineeredFeatures:
    """The features of a file's loans and users.

    Attributes
    ----------
    loans : pandas.DataFrame of shape (n_loans, 12)
        From `training.features.definitions.loan_features`, ordered by user.
    users : pandas.DataFrame of shape (n_users, 11)
        From `training.features.definitions.user_features`, ordered by user.
    applicants : pandas.DataFrame of shape (n_users, n_columns)
        Each user's most recent raw loan, ordered by user.
    """

    loans: pd.DataFrame
    users: pd.DataFrame
    applicants: pd.DataFrame


def engineer_features(raw: pd.DataFrame, as_of: date, outcome_lag_days: int) -> EngineeredFeatures:
    """Engineer the features of all loans and users of a file.

    Parameters
    ----------
    raw : pandas.DataFrame of shape (n_loans, n_columns)
        Loans that meet the data contract, in any order. Not modified.
    as_of : datetime.date
        The date on which users are described.
    outcome_lag_days : int
        Days until a loan's outcome is known; at least 1.

    Notes
    -----
    No feature looks beyond its user, so users are processed in batches, two at once: memory use
    depends on `_BATCH_LOANS`, not on the size of the file.
    """

    def engineer(rows: npt.NDArray[np.intp]) -> EngineeredFeatures:
        batch = raw.take(rows)
        histories = loan_histories(batch, outcome_lag_days)
        users = user_features(histories, as_of, outcome_lag_days)
        applicants = batch[batch[LOAN].isin(users[LOAN])]
        return EngineeredFeatures(loan_features(histories), users, applicants)

    loans, users, applicants = _PreallocatedFrame(len(raw)), [], []
    with ThreadPoolExecutor(_PARALLEL_BATCHES) as workers:
        for batch in workers.map(engineer, _batch_by_user(raw[USER].to_numpy())):
            loans.append(batch.loans)
            users.append(batch.users)
            applicants.append(batch.applicants)
    return EngineeredFeatures(
        loans.to_frame(),
        pd.concat(users, ignore_index=True),
        pd.concat(applicants, ignore_index=True),
    )


def _batch_by_user(users: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.intp]]:
    """Batch the rows in ascending order of users, without splitting a user's rows."""
    order = np.argsort(users, kind="stable")
    ordered = users[order]
    start = 0
    while start < len(order):
        last = ordered[min(start + _BATCH_LOANS, len(order)) - 1]
        end = int(np.searchsorted(ordered, last, side="right"))
        yield order[start:end]
        start = end


class _PreallocatedFrame:
    """A frame that is filled batch by batch, in memory allocated once.

    Parameters
    ----------
    n_rows : int
        The total number of rows of all batches.
    """

    def __init__(self, n_rows: int) -> None:
        self._n_rows = n_rows
        self._end = 0
        self._columns: dict[Any, npt.NDArray[Any]] = {}

    def append(self, frame: pd.DataFrame) -> None:
        start, self._end = self._end, self._end + len(frame)
        for name in frame:
            values = frame[name].to_numpy()
            column = self._columns.setdefault(name, np.empty(self._n_rows, values.dtype))
            column[start : self._end] = values

    def to_frame(self) -> pd.DataFrame:
        return pd.DataFrame(self._columns, copy=False)
