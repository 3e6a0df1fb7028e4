"""Completed years between dates, the same on every engine."""

from datetime import date
from typing import Any

import narwhals.stable.v2 as nw


def add_ages(frame: Any, day: dict[str, nw.Expr]) -> Any:
    """Add the years completed by a date, given as expressions for its year and month-and-day."""
    dated = frame.with_columns(
        **day,
        **calendar_columns("birth", "birthday"),
        **calendar_columns("start", "job_start_date"),
    )
    counted = dated.with_columns(
        age=_completed_years("birth"), years_since_start=_completed_years("start")
    )
    years = nw.col("years_since_start")
    # Negative: the job had not started yet.
    return counted.with_columns(years_on_the_job=nw.when(years >= 0).then(years))


def fixed_date(day: date) -> dict[str, nw.Expr]:
    """Give one date as the day for `add_ages`."""
    return {
        "day_year": nw.lit(float(day.year), nw.Float64),
        "day_month_day": nw.lit(float(day.month * 100 + day.day), nw.Float64),
    }


def calendar_columns(name: str, column: str) -> dict[str, nw.Expr]:
    """Give a column's dates as year and month-and-day, under a name."""
    # As floats: Polars has months of 8 bits, and pandas no integer for a missing date.
    dates = nw.col(column).dt
    return {
        f"{name}_year": dates.year().cast(nw.Float64),
        f"{name}_month_day": dates.month().cast(nw.Float64) * 100 + dates.day().cast(nw.Float64),
    }


def _completed_years(since: str) -> nw.Expr:
    years = nw.col("day_year") - nw.col(f"{since}_year")
    anniversary_ahead = nw.col(f"{since}_month_day") > nw.col("day_month_day")
    return years - anniversary_ahead.cast(nw.Float64)
