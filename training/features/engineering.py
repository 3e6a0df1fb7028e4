"""Engineer the features of a whole file, a batch of users at a time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from shared.release.features import FEATURES, LOAN, LOAN_DATE, MODEL_FEATURES, STATUS, USER
from training.features.calendar import Calendar, Days, count_days
from training.features.definitions import Columns, Histories, find_begins
from training.features.ordering import FEATURE_COLUMNS, OrderedLoans, Rows, find_order

_BATCH_LOANS = 100_000
"""Small enough for the processor's cache, large enough for NumPy to be fast."""

_PARALLEL_BATCHES = 2
_MILLISECONDS_PER_DAY = 86_400_000
_LOAN_TYPES = {
    name: np.float32 if feature.whole else np.float64 for name, feature in FEATURES.items()
}


@dataclass(frozen=True, slots=True)
class EngineeredFeatures:
    """The features of a file's loans and users.

    Attributes
    ----------
    loans : pandas.DataFrame of shape (n_loans, 12)
        `loan_id`, `id`, `loan_date`, the model's features as of that day, `status`; ordered by
        user, date and loan id. Whole numbers among the features and `status` are float32, which
        holds them exactly in half the memory; the others are float64.
    users : pandas.DataFrame of shape (n_users, 11)
        `id`, `loan_id` and `loan_date` of the most recent loan, the model's features as of the
        as-of date as float64; ordered by user.
    applicants : pandas.DataFrame of shape (n_users, n_columns)
        Each user's most recent raw loan, ordered by user.
    """

    loans: pd.DataFrame
    users: pd.DataFrame
    applicants: pd.DataFrame


def engineer_features(
    raw: pa.Table | pd.DataFrame, as_of: date, outcome_lag_days: int
) -> EngineeredFeatures:
    """Engineer the features of all loans and users of a file.

    Parameters
    ----------
    raw : pyarrow.Table or pandas.DataFrame of shape (n_loans, n_columns)
        Loans that meet the data contract, in any order. Not modified.
    as_of : datetime.date
        The date on which users are described.
    outcome_lag_days : int
        Days until a loan's outcome is known; at least 1.

    Notes
    -----
    No feature looks beyond its user, so users are processed in batches, two at once, which need
    little memory beyond their results.
    """
    table = raw if isinstance(raw, pa.Table) else pa.Table.from_pandas(raw, preserve_index=False)
    rows = find_order(table)
    begins = find_begins(table[USER].to_numpy().take(rows))
    latest = np.append(begins[1:], len(rows)) - 1
    applicants = table.take(pa.array(rows[latest])).to_pandas(date_as_object=False)
    columns = {name: table[name] for name in FEATURE_COLUMNS}
    # The columns are the only ones to hold the raw loans now, and lose them one by one.
    del raw, table
    loans = OrderedLoans.from_raw(columns, rows)
    # Arrow keeps the memory of the raw loans, unless it is asked.
    pa.default_memory_pool().release_unused()
    calendar = _make_calendar(loans, as_of)
    loan_columns = {name: np.empty(len(rows), kept) for name, kept in _LOAN_TYPES.items()}
    user_columns = {name: np.empty(len(begins), np.float64) for name in MODEL_FEATURES}
    del rows

    def engineer(part: slice) -> None:
        histories = Histories(loans.take(part), calendar, outcome_lag_days)
        described = histories.describe_loans()
        _fill(loan_columns, part, described)
        of_users = slice(*np.searchsorted(begins, [part.start, part.stop]))
        _fill(user_columns, of_users, histories.describe_users(described, as_of))

    with ThreadPoolExecutor(_PARALLEL_BATCHES) as workers:
        list(workers.map(engineer, _batch_by_user(begins, len(loans.users))))
    dates = _to_dates(loans.days)
    ids = {LOAN: loans.loan_ids, USER: loans.users, LOAN_DATE: dates}
    ids_of_users = {name: ids[name][latest] for name in (USER, LOAN, LOAN_DATE)}
    return EngineeredFeatures(
        pd.DataFrame(ids | loan_columns | {STATUS: loans.status.astype(np.float32)}, copy=False),
        pd.DataFrame(ids_of_users | user_columns, copy=False),
        applicants,
    )


def _batch_by_user(begins: Rows, n_loans: int) -> list[slice]:
    """Batch the loans without splitting a user's."""
    wanted = np.searchsorted(begins, np.arange(0, n_loans, _BATCH_LOANS))
    places = np.unique(np.append(np.append(begins, n_loans)[wanted], n_loans))
    return [slice(*ends) for ends in pairwise(places.tolist())]


def _make_calendar(loans: OrderedLoans, as_of: date) -> Calendar:
    day = count_days(as_of)
    dated = loans.days, loans.birthdays
    first = min(day, int(loans.job_starts.min()), *(int(days.min()) for days in dated))
    return Calendar(first, max(day, *(int(days.max()) for days in dated)))


def _fill(columns: Columns, part: slice, described: Columns) -> None:
    for name, values in described.items():
        columns[name][part] = values


def _to_dates(days: Days) -> npt.NDArray[np.datetime64]:
    dates = days.astype(np.int64)
    dates *= _MILLISECONDS_PER_DAY
    return dates.view("datetime64[ms]")
