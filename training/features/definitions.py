"""The features, defined once for every engine that Narwhals speaks to."""

from datetime import date
from typing import Any

import narwhals.stable.v2 as nw
from narwhals.stable.v2.typing import IntoFrameT

from shared.release.features import (
    LOAN,
    LOAN_DATE,
    MODEL_FEATURES,
    RECORD_FEATURES,
    STATUS,
    USER,
)
from training.features.payment_history import count_known_outcomes

# Amounts are cumulated as whole units and fractions apart, both as integers: a running sum of
# floats differs between engines in its last bits, an integer one does not. One scale for both
# would be too coarse, or overflow 64 bits.
_FRACTIONS_PER_UNIT = 1e15

_ORDER = (LOAN_DATE, LOAN)

NEEDED_COLUMNS = (
    LOAN,
    USER,
    LOAN_DATE,
    "loan_amount",
    "birthday",
    "job_start_date",
    "flag_own_car",
    STATUS,
)
"""The raw columns that features are made of."""

_HISTORY_COLUMNS = (
    LOAN,
    USER,
    LOAN_DATE,
    "birthday",
    "job_start_date",
    "nb_previous_loans",
    "avg_amount_loans_previous",
    "flag_own_car",
    *RECORD_FEATURES,
    STATUS,
    "nb_loans_of_user",
)


def trace_histories(loans: IntoFrameT, outcome_lag_days: int) -> IntoFrameT:
    """Put every loan beside the sums over the user's loans before it.

    Parameters
    ----------
    loans : data frame of shape (n_loans, n_columns)
        pandas, Polars (eager or lazy) or DuckDB, in any order, with at least `loan_id`, `id`,
        `loan_date`, `loan_amount`, `birthday`, `job_start_date`, `flag_own_car` and `status`.
        Dates are dates, missing ones null. Not modified.
    outcome_lag_days : int
        After how many days a loan's outcome is known; at least 1.

    Returns
    -------
    data frame of shape (n_loans, 12), of the same engine
        What `loan_features` and `user_features` need, computed once for both.

    Notes
    -----
    A loan sees only the loans before it, by day and then by loan id, and of their outcomes only
    those that were known on its own day, so no feature contains anything that its own outcome, or
    a later one, could have moved.
    """
    frame: Any = nw.from_native(loans)
    needed = frame.select(*NEEDED_COLUMNS)
    ordered = needed.sort(USER, *_ORDER) if isinstance(needed, nw.DataFrame) else needed
    summed = count_known_outcomes(_sum_previous_loans(ordered), outcome_lag_days)
    count = nw.col("nb_previous_loans")
    total = nw.col("previous_units") + nw.col("previous_fractions") / nw.col("fractions_per_unit")
    described = summed.with_columns(
        avg_amount_loans_previous=nw.when(count > 0).then(total / count),
        flag_own_car=(nw.col("flag_own_car") == "Y").cast(nw.Float64),
        share_previous_unpaid=nw.when(nw.col("known_outcomes") > 0).then(
            nw.col("nb_previous_unpaid") / nw.col("known_outcomes")
        ),
    )
    native: IntoFrameT = described.select(*_HISTORY_COLUMNS).to_native()
    return native


def loan_features(histories: IntoFrameT) -> IntoFrameT:
    """Describe every loan by what was known just before it was granted.

    Parameters
    ----------
    histories : data frame of shape (n_loans, 12)
        From `trace_histories`. Not modified.

    Returns
    -------
    data frame of shape (n_loans, 11), of the same engine
        `loan_id`, `id`, `loan_date`, the model's features as float64, `status`; ordered by user,
        then day, then loan. Missing: the average of a first loan, the years on a job that had
        not started by then, the share unpaid of loans none of whose outcomes was known.
    """
    frame: Any = nw.from_native(histories)
    aged = _age(frame, _loan_day())
    # An eager frame was sorted when the histories were traced.
    ordered = aged if isinstance(frame, nw.DataFrame) else aged.sort(USER, *_ORDER)
    native: IntoFrameT = ordered.select(LOAN, USER, LOAN_DATE, *MODEL_FEATURES, STATUS).to_native()
    return native


def user_features(histories: IntoFrameT, as_of: date) -> IntoFrameT:
    """Describe every user as at their most recent loan, and aged to the as-of date.

    Parameters
    ----------
    histories : data frame of shape (n_loans, 12)
        From `trace_histories`. Not modified.
    as_of : datetime.date
        The day on which age and years on the job are counted.

    Returns
    -------
    data frame of shape (n_users, 10), of the same engine
        `id`, `loan_id` and `loan_date` of the most recent loan, the model's features as float64;
        ordered by user. About loans they say what the training table says of the most recent one.
    """
    frame: Any = nw.from_native(histories)
    latest = frame.filter(nw.col("nb_previous_loans") == nw.col("nb_loans_of_user") - 1)
    described = _age(latest, _fixed_day(as_of)).select(USER, LOAN, LOAN_DATE, *MODEL_FEATURES)
    native: IntoFrameT = described.sort(USER).to_native()
    return native


def _sum_previous_loans(loans: Any) -> Any:
    eager = isinstance(loans, nw.DataFrame)

    def before_this_one(column: str) -> nw.Expr:
        running = nw.col(column).cum_sum()
        # An eager frame was sorted once; a lazy one keeps no order, so each window sorts.
        window = running.over(USER) if eager else running.over(USER, order_by=_ORDER)
        return window - nw.col(column)

    amount = nw.col("loan_amount")
    with_units = loans.with_columns(
        # Windows run over helper columns: on pandas one over a column that is also ordered by
        # replaces that column before the sort.
        loans_here=nw.lit(1, nw.Int64),
        units=amount.floor().cast(nw.Int64),
        fractions=((amount - amount.floor()) * _FRACTIONS_PER_UNIT).floor().cast(nw.Int64),
        # Dividing by a column, not a literal: Polars turns the latter into a multiplication.
        fractions_per_unit=nw.lit(_FRACTIONS_PER_UNIT, nw.Float64),
    )
    return with_units.with_columns(
        nb_previous_loans=before_this_one("loans_here").cast(nw.Float64),
        nb_loans_of_user=nw.col("loans_here").sum().over(USER).cast(nw.Float64),
        previous_units=before_this_one("units").cast(nw.Float64),
        previous_fractions=before_this_one("fractions").cast(nw.Float64),
    )


def _age(frame: Any, day: dict[str, nw.Expr]) -> Any:
    """Add the years completed by a day, given as expressions for its year and month-and-day."""
    dated = frame.with_columns(
        **day,
        **_tell_calendar("birth", "birthday"),
        **_tell_calendar("start", "job_start_date"),
    )
    counted = dated.with_columns(
        age=_completed_years("birth"), years_since_start=_completed_years("start")
    )
    years = nw.col("years_since_start")
    # Fewer than none: the job was still to come.
    return counted.with_columns(years_on_the_job=nw.when(years >= 0).then(years))


def _fixed_day(day: date) -> dict[str, nw.Expr]:
    return {
        "day_year": nw.lit(float(day.year), nw.Float64),
        "day_month_day": nw.lit(float(day.month * 100 + day.day), nw.Float64),
    }


def _loan_day() -> dict[str, nw.Expr]:
    return _tell_calendar("day", LOAN_DATE)


def _tell_calendar(name: str, column: str) -> dict[str, nw.Expr]:
    # Polars counts months in 8 bits, and pandas has no integer for a missing date: both are
    # right as floats.
    dates = nw.col(column).dt
    return {
        f"{name}_year": dates.year().cast(nw.Float64),
        f"{name}_month_day": dates.month().cast(nw.Float64) * 100 + dates.day().cast(nw.Float64),
    }


def _completed_years(since: str) -> nw.Expr:
    years = nw.col("day_year") - nw.col(f"{since}_year")
    to_come = nw.col(f"{since}_month_day") > nw.col("day_month_day")
    return years - to_come.cast(nw.Float64)
