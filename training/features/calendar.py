"""Completed years between days, which are counted from 1970."""

from datetime import date

import numpy as np
import numpy.typing as npt

type Days = npt.NDArray[np.int32]

NEVER = np.iinfo(np.int32).max
"""Stands for the missing day of what has not happened."""


def count_days(day: date) -> int:
    """Count the days since 1970."""
    return (day - date(1970, 1, 1)).days


class Calendar:
    """Looks up the date of a day as a number YYYYMMDD, so that 10,000 is a year's difference.

    Parameters
    ----------
    first, last : int
        The range of days to look up.
    """

    def __init__(self, first: int, last: int) -> None:
        self._first = first
        # The day after the last one stands for all later ones.
        self._after = last + 1
        days = np.arange(first, self._after + 1).astype("datetime64[D]")
        months, years = days.astype("datetime64[M]"), days.astype("datetime64[Y]")
        year = years.astype(np.int32) + 1970
        month = (months - years).astype(np.int32) + 1
        self._dates: Days = (year * 100 + month) * 100 + (days - months).astype(np.int32) + 1

    def count_years(self, since: Days, by: Days | int) -> Days:
        """Count the years completed by a day in the range; negative where it comes first.

        Parameters
        ----------
        since : numpy.ndarray of int32
            From the first day of the range on; may lie beyond its last.
        by : numpy.ndarray of int32, or int
            Within the range.
        """
        since_dates = self._dates[np.minimum(since, self._after) - self._first]
        years: Days = (self._dates[by - self._first] - since_dates) // 10_000
        return years
