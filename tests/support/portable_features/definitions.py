"""The feature definitions, for every engine that Narwhals supports."""

from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import IntoFrameT

from shared.release.features import (
    LOAN,
    LOAN_DATE,
    MODEL_FEATURES,
    STATUS,
    USER,
    smooth_unpaid_rate,
)
from tests.support.portable_features.calendar import add_ages, calendar_columns, fixed_date
from tests.support.portable_features.payment_history import count_known_outcomes, count_outcomes_by
from training.features.ordering import FEATURE_COLUMNS

# Whole units and fractions of amounts are summed separately, as integers: a running sum of floats
# differs between engines in its last bits, one of integers does not. A single scale for both would
# be too coarse, or overflow 64 bits.
_FRACTIONS_PER_UNIT = 1e15

_ORDER = (LOAN_DATE, LOAN)

_HISTORY_COLUMNS = (
    LOAN,
    USER,
    LOAN_DATE,
    "birthday",
    "job_start_date",
    "nb_previous_loans",
    "avg_amount_loans_previous",
    "flag_own_car",
    "nb_previous_unpaid",
    "nb_known_outcomes",
    STATUS,
    "nb_loans_of_user",
)


def loan_histories(loans: IntoFrameT, outcome_lag_days: int) -> IntoFrameT:
    """Add to every loan the sums over the user's earlier loans.

    Parameters
    ----------
    loans : data frame of shape (n_loans, n_columns)
        pandas, Polars (eager or lazy) or DuckDB, in any order, with at least `loan_id`, `id`,
        `loan_date`, `loan_amount`, `birthday`, `job_start_date`, `flag_own_car` and `status`.
        Date columns have a date type; missing dates are null. Not modified.
    outcome_lag_days : int
        Days until a loan's outcome is known; at least 1.

    Returns
    -------
    data frame of shape (n_loans, 12), of the same engine
        The input of `loan_features` and `user_features`, computed once for both.

    Notes
    -----
    A loan sees only earlier loans, by date and then by loan id, and of their outcomes only those
    known on its own date. No feature depends on the loan's own outcome or on a later one.
    """
    frame: Any = nw.from_native(loans)
    needed = frame.select(*FEATURE_COLUMNS)
    ordered = needed.sort(USER, *_ORDER) if isinstance(needed, nw.DataFrame) else needed
    summed = count_known_outcomes(_sum_previous_loans(ordered), outcome_lag_days)
    count = nw.col("nb_previous_loans")
    total = nw.col("previous_units") + nw.col("previous_fractions") / nw.col("fractions_per_unit")
    completed = summed.with_columns(
        avg_amount_loans_previous=nw.when(count > 0).then(total / count),
        flag_own_car=(nw.col("flag_own_car") == "Y").cast(nw.Float64),
    )
    native: IntoFrameT = completed.select(*_HISTORY_COLUMNS).to_native()
    return native


def loan_features(histories: IntoFrameT) -> IntoFrameT:
    """Compute every loan's features from what was known just before it was granted.

    Parameters
    ----------
    histories : data frame of shape (n_loans, 12)
        From `loan_histories`. Not modified.

    Returns
    -------
    data frame of shape (n_loans, 12), of the same engine
        `loan_id`, `id`, `loan_date`, the model's features as float64, `status`; ordered by user,
        date and loan id. Missing: the average amount at a first loan, the years on a job that had
        not started yet.
    """
    frame: Any = nw.from_native(histories)
    aged = _add_rate(add_ages(frame, calendar_columns("day", LOAN_DATE)))
    # An eager frame is sorted already, by `loan_histories`.
    ordered = aged if isinstance(frame, nw.DataFrame) else aged.sort(USER, *_ORDER)
    native: IntoFrameT = ordered.select(LOAN, USER, LOAN_DATE, *MODEL_FEATURES, STATUS).to_native()
    return native


def user_features(histories: IntoFrameT, as_of: date, outcome_lag_days: int) -> IntoFrameT:
    """Compute every user's features as they are served on the as-of date.

    Parameters
    ----------
    histories : data frame of shape (n_loans, 12)
        From `loan_histories`. Not modified.
    as_of : datetime.date
        The date at which age, years on the job and known outcomes are counted.
    outcome_lag_days : int
        Days until a loan's outcome is known; at least 1.

    Returns
    -------
    data frame of shape (n_users, 11), of the same engine
        `id`, `loan_id` and `loan_date` of the most recent loan, the model's features as float64;
        ordered by user. Number and mean amount of the previous loans equal the most recent loan's
        in the training table.

    Notes
    -----
    The record is as of the as-of date: it counts every outcome known by then, also that of the
    most recent loan.
    """
    frame: Any = nw.from_native(histories)
    counted = count_outcomes_by(frame, as_of, outcome_lag_days)
    latest = counted.filter(nw.col("nb_previous_loans") == nw.col("nb_loans_of_user") - 1)
    complete = _add_rate(add_ages(latest, fixed_date(as_of)))
    aged = complete.select(USER, LOAN, LOAN_DATE, *MODEL_FEATURES)
    native: IntoFrameT = aged.sort(USER).to_native()
    return native


def _sum_previous_loans(loans: Any) -> Any:
    eager = isinstance(loans, nw.DataFrame)

    def sum_of_previous(column: str) -> nw.Expr:
        running = nw.col(column).cum_sum()
        # An eager frame is sorted already; a lazy one has no order, so each window sorts.
        window = running.over(USER) if eager else running.over(USER, order_by=_ORDER)
        return window - nw.col(column)

    amount = nw.col("loan_amount")
    with_units = loans.with_columns(
        # Windows use helper columns: on pandas, a window over a column that it also orders by
        # overwrites that column before the sort.
        one_loan=nw.lit(1, nw.Int64),
        units=amount.floor().cast(nw.Int64),
        fractions=((amount - amount.floor()) * _FRACTIONS_PER_UNIT).floor().cast(nw.Int64),
        # A column, not a literal: Polars turns division by a literal into multiplication.
        fractions_per_unit=nw.lit(_FRACTIONS_PER_UNIT, nw.Float64),
    )
    return with_units.with_columns(
        nb_previous_loans=sum_of_previous("one_loan").cast(nw.Float64),
        nb_loans_of_user=nw.col("one_loan").sum().over(USER).cast(nw.Float64),
        previous_units=sum_of_previous("units").cast(nw.Float64),
        previous_fractions=sum_of_previous("fractions").cast(nw.Float64),
    )


def _add_rate(frame: Any) -> Any:
    rate = smooth_unpaid_rate(nw.col("nb_previous_unpaid"), nw.col("nb_known_outcomes"))
    return frame.with_columns(unpaid_rate=rate)
