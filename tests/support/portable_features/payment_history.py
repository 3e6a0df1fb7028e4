"""The applicant's payment history: the outcomes of earlier loans known on a loan's date."""

from datetime import date, datetime, timedelta
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from shared.release.features import LOAN, LOAN_DATE, STATUS, USER

# More than the days between any two loans of a user, plus the lag.
_DAYS_BETWEEN_USERS = 2**24


def count_known_outcomes(loans: Any, outcome_lag_days: int) -> Any:
    """Count, as of every loan's date, the user's known outcomes and the unpaid ones among them.

    Parameters
    ----------
    loans : narwhals.DataFrame or narwhals.LazyFrame of shape (n_loans, n_columns)
        With `loan_id`, `id`, `loan_date` and `status`. An eager frame is ordered by user and date.
    outcome_lag_days : int
        Days until a loan's outcome is known; at least 1.

    Returns
    -------
    narwhals frame of shape (n_loans, n_columns + 2), of the same engine
        With `nb_previous_unpaid` and `nb_known_outcomes`, both float64.

    Notes
    -----
    One definition with two implementations. A lazy engine gets two events per loan and sums them
    in date order. An eager frame is in that order already: instead of another sort, a binary
    search finds the last loan whose outcome was known.
    """
    if isinstance(loans, nw.DataFrame):
        return _count_by_search(loans, outcome_lag_days)
    return loans.join(_count_by_events(loans, outcome_lag_days), on=LOAN, how="left")


def count_outcomes_by(loans: Any, known_by: date, outcome_lag_days: int) -> Any:
    """Count every user's outcomes known by one date, and the unpaid ones among them.

    Parameters
    ----------
    loans : narwhals.DataFrame or narwhals.LazyFrame of shape (n_loans, n_columns)
        With `id`, `loan_date` and `status`; all loans of a user or none.
    known_by : datetime.date
        Outcomes known by the end of this date count, the latest loan's too.
    outcome_lag_days : int
        Days until a loan's outcome is known; at least 1.

    Returns
    -------
    narwhals frame of shape (n_loans, n_columns), of the same engine
        With the user's `nb_previous_unpaid` and `nb_known_outcomes` on every loan, both float64.
    """
    latest = datetime.combine(known_by, datetime.min.time()) - timedelta(days=outcome_lag_days)
    settled = nw.col(LOAN_DATE).cast(nw.Datetime("us")) <= nw.lit(latest, nw.Datetime("us"))
    status = nw.col(STATUS)
    counted = loans.with_columns(
        unpaid_by=_indicator(settled & (status == 1)),
        known_by=_indicator(settled & ~status.is_null()),
    )
    return counted.with_columns(
        nb_previous_unpaid=nw.col("unpaid_by").sum().over(USER).cast(nw.Float64),
        nb_known_outcomes=nw.col("known_by").sum().over(USER).cast(nw.Float64),
    )


def _count_by_search(loans: Any, lag_days: int) -> Any:
    users, status = loans[USER].to_numpy(), loans[STATUS].cast(nw.Float64).to_numpy()
    days = loans[LOAN_DATE].to_numpy().astype("datetime64[D]").astype(np.int64)
    is_first = np.concatenate([[True], users[1:] != users[:-1]])
    user_numbers = np.cumsum(is_first)
    keys = user_numbers * _DAYS_BETWEEN_USERS + days
    begin = np.flatnonzero(is_first)[user_numbers - 1]
    end = np.searchsorted(keys, keys - lag_days, side="right")

    def count(name: str, mask: Any) -> Any:
        running = np.concatenate([[0], np.cumsum(mask)])
        values = (running[end] - running[begin]).astype(np.float64)
        return nw.new_series(name, values, nw.Float64, backend=loans.implementation)

    return loans.with_columns(
        count("nb_previous_unpaid", status == 1), count("nb_known_outcomes", ~np.isnan(status))
    )


def _count_by_events(loans: Any, lag_days: int) -> Any:
    """Sum two events per loan: a query on its date, and its outcome when that becomes known."""
    day = nw.col(LOAN_DATE).cast(nw.Datetime("us"))
    zero = nw.lit(0, nw.Int64)
    queries = loans.select(LOAN, USER, *_event_columns(day, 1, zero, zero))
    unpaid, known = _indicator(nw.col(STATUS) == 1), _indicator(~nw.col(STATUS).is_null())
    known_on = day.dt.offset_by(f"{lag_days}d")
    outcomes = loans.select(LOAN, USER, *_event_columns(known_on, 0, unpaid, known))
    events = nw.concat([outcomes, queries], how="vertical")

    def running_sum(column: str) -> nw.Expr:
        running = nw.col(column).cum_sum().over(USER, order_by=("event_date", "is_query"))
        return running.cast(nw.Float64)

    summed = events.with_columns(
        nb_previous_unpaid=running_sum("unpaid"), nb_known_outcomes=running_sum("known")
    )
    answers = summed.filter(nw.col("is_query") == 1)
    return answers.select(LOAN, "nb_previous_unpaid", "nb_known_outcomes")


def _event_columns(day: nw.Expr, is_query: int, unpaid: nw.Expr, known: nw.Expr) -> list[nw.Expr]:
    # Within a day, outcomes sort before queries.
    return [
        day.alias("event_date"),
        nw.lit(is_query, nw.Int64).alias("is_query"),
        unpaid.alias("unpaid"),
        known.alias("known"),
    ]


def _indicator(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1, nw.Int64)).otherwise(nw.lit(0, nw.Int64))
