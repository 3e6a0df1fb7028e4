"""The applicant's own record: which outcomes of earlier loans were known on a loan's day."""

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from shared.release.features import LOAN, LOAN_DATE, STATUS, USER

# Further apart than any two days of one user and the lag.
_DAYS_APART = 2**24


def count_known_outcomes(loans: Any, outcome_lag_days: int) -> Any:
    """Count, on every loan's day, the user's loans known to be unpaid, and known at all.

    Parameters
    ----------
    loans : narwhals.DataFrame or narwhals.LazyFrame of shape (n_loans, n_columns)
        With `loan_id`, `id`, `loan_date` and `status`. An eager frame is ordered by user and day.
    outcome_lag_days : int
        After how many days a loan's outcome is known; at least 1.

    Returns
    -------
    narwhals frame of shape (n_loans, n_columns + 2), of the same engine
        With `nb_previous_unpaid` and `known_outcomes`, both float64.

    Notes
    -----
    One definition in two forms. A lazy engine is told every loan twice and sums up in the order
    of days; an eager frame is in that order already, so that a binary search, instead of another
    sort, finds the last loan
    whose outcome was known.
    """
    if isinstance(loans, nw.DataFrame):
        return _search(loans, outcome_lag_days)
    return loans.join(_sum_up(loans, outcome_lag_days), on=LOAN, how="left")


def _search(loans: Any, lag_days: int) -> Any:
    users, status = loans[USER].to_numpy(), loans[STATUS].cast(nw.Float64).to_numpy()
    days = loans[LOAN_DATE].to_numpy().astype("datetime64[D]").astype(np.int64)
    is_first = np.concatenate([[True], users[1:] != users[:-1]])
    owner = np.cumsum(is_first)
    keys = owner * _DAYS_APART + days
    begin = np.flatnonzero(is_first)[owner - 1]
    end = np.searchsorted(keys, keys - lag_days, side="right")

    def count(name: str, what: Any) -> Any:
        so_far = np.concatenate([[0], np.cumsum(what)])
        values = (so_far[end] - so_far[begin]).astype(np.float64)
        return nw.new_series(name, values, nw.Float64, backend=loans.implementation)

    return loans.with_columns(
        count("nb_previous_unpaid", status == 1), count("known_outcomes", ~np.isnan(status))
    )


def _sum_up(loans: Any, lag_days: int) -> Any:
    """Have each loan ask on its own day, and answer once the lag is over, and sum the answers."""
    day = nw.col(LOAN_DATE).cast(nw.Datetime("us"))
    nothing = nw.lit(0, nw.Int64)
    asked = loans.select(LOAN, USER, *_tell(day, 1, nothing, nothing))
    unpaid, known = _one_where(nw.col(STATUS) == 1), _one_where(~nw.col(STATUS).is_null())
    known_on = day.dt.offset_by(f"{lag_days}d")
    answered = loans.select(LOAN, USER, *_tell(known_on, 0, unpaid, known))
    events = nw.concat([answered, asked], how="vertical")

    def so_far(column: str) -> nw.Expr:
        running = nw.col(column).cum_sum().over(USER, order_by=("told_on", "asks"))
        return running.cast(nw.Float64)

    summed = events.with_columns(
        nb_previous_unpaid=so_far("unpaid"), known_outcomes=so_far("known")
    )
    return summed.filter(nw.col("asks") == 1).select(LOAN, "nb_previous_unpaid", "known_outcomes")


def _tell(day: nw.Expr, asks: int, unpaid: nw.Expr, known: nw.Expr) -> list[nw.Expr]:
    # Of one day, answers come before questions.
    return [
        day.alias("told_on"),
        nw.lit(asks, nw.Int64).alias("asks"),
        unpaid.alias("unpaid"),
        known.alias("known"),
    ]


def _one_where(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1, nw.Int64)).otherwise(nw.lit(0, nw.Int64))
