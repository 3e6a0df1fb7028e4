"""The definitions of the features, on loans ordered by user and date."""

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.release.features import smooth_unpaid_rate
from training.features.calendar import Calendar, Days, count_days
from training.features.ordering import Floats, Integers, OrderedLoans, Rows
from training.features.payment_history import count_between, find_known

type Columns = dict[str, npt.NDArray[Any]]

# Whole units and fractions of amounts are summed separately, as integers: a running sum of floats
# depends on what was summed before, one of integers does not. A single scale for both would be too
# coarse, or overflow 64 bits.
_FRACTIONS_PER_UNIT = 1e15


class Histories:
    """Loans with the user's earlier ones: the features as of each loan's day, and as of one day.

    Parameters
    ----------
    loans : OrderedLoans of n_loans
        All loans of a user or none.
    calendar : Calendar
        Of all days in `loans`.
    lag_days : int
        Days until a loan's outcome is known; at least 1.

    Notes
    -----
    A loan sees only earlier loans, by date and then by loan id, and of their outcomes only those
    known on its own date. No feature depends on the loan's own outcome or on a later one.
    """

    def __init__(self, loans: OrderedLoans, calendar: Calendar, lag_days: int) -> None:
        self._loans = loans
        self._calendar = calendar
        self._lag_days = lag_days
        self._begins = find_begins(loans.users)
        self._ends = np.append(self._begins[1:], len(loans.users))
        self._n_loans = self._ends - self._begins

    def describe_loans(self) -> Columns:
        """Compute every loan's features from what was known just before it was granted.

        Returns
        -------
        dict of str to numpy.ndarray of shape (n_loans,)
            By feature. Missing: the average amount at a first loan, the years on a job that had
            not started yet.
        """
        loans, begin = self._loans, self._begins.repeat(self._n_loans)
        numbers = np.arange(len(self._begins)).repeat(self._n_loans)
        previous = np.arange(len(begin)) - begin
        known_until = find_known(loans, numbers, self._lag_days)
        unpaid = count_between(loans.status == 1, begin, known_until)
        known = count_between(~np.isnan(loans.status), begin, known_until)
        return {
            "nb_previous_loans": previous,
            "avg_amount_loans_previous": self._average_previous(begin, previous),
            "age": self._calendar.count_years(loans.birthdays, loans.days),
            "years_on_the_job": _without_negative(
                self._calendar.count_years(loans.job_starts, loans.days)
            ),
            "flag_own_car": loans.own_car,
            "nb_previous_unpaid": unpaid,
            "nb_known_outcomes": known,
            "unpaid_rate": smooth_unpaid_rate(unpaid, known),
        }

    def describe_users(self, described: Columns, as_of: date) -> Columns:
        """Compute every user's features as they are served on the as-of date.

        Parameters
        ----------
        described : dict of str to numpy.ndarray
            From `describe_loans`.
        as_of : datetime.date
            The date at which age, years on the job and known outcomes are counted.

        Returns
        -------
        dict of str to numpy.ndarray of shape (n_users,)
            By feature, in the order of users. Number and mean amount of the previous loans equal
            the most recent loan's in the training table.

        Notes
        -----
        The record is as of the as-of date: it counts every outcome known by then, also that of the
        most recent loan.
        """
        loans, latest = self._loans, self._ends - 1
        day = count_days(as_of)
        settled = loans.days <= day - self._lag_days
        unpaid = count_between(settled & (loans.status == 1), self._begins, self._ends)
        known = count_between(settled & ~np.isnan(loans.status), self._begins, self._ends)
        return {name: described[name][latest] for name in described} | {
            "age": self._calendar.count_years(loans.birthdays[latest], day),
            "years_on_the_job": _without_negative(
                self._calendar.count_years(loans.job_starts[latest], day)
            ),
            "nb_previous_unpaid": unpaid,
            "nb_known_outcomes": known,
            "unpaid_rate": smooth_unpaid_rate(unpaid, known),
        }

    def _average_previous(self, begin: Rows, previous: Integers) -> Floats:
        whole = np.floor(self._loans.amounts)
        fractions = np.floor((self._loans.amounts - whole) * _FRACTIONS_PER_UNIT)
        total = _sum_previous(whole, begin) + _sum_previous(fractions, begin) / _FRACTIONS_PER_UNIT
        average: Floats = np.full(len(total), np.nan)
        np.divide(total, previous, out=average, where=previous > 0)
        return average


def find_begins(users: Integers) -> Rows:
    """Find the place of each user's first loan, in loans ordered by user."""
    return np.flatnonzero(np.concatenate([[True], users[1:] != users[:-1]]))


def _sum_previous(whole: Floats, begin: Rows) -> Floats:
    """Sum whole numbers over the user's earlier loans.

    The running sum over all users may wrap around 64 bits; its difference does not.
    """
    amounts = whole.astype(np.int64)
    running = np.cumsum(amounts) - amounts
    return (running - running.take(begin)).astype(np.float64)


def _without_negative(years: Days) -> Floats:
    return np.where(years >= 0, years, np.nan)
