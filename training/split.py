"""Who trains and who tests: parted by time and by person at once."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]

TEST_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Split:
    """Which loans serve for what; a loan is in one of these or in none.

    Attributes
    ----------
    training : numpy.ndarray of bool, of shape (n_loans,)
        Persons not held out, outcomes known by the cut: all that a model could have learned from
        on that day.
    unseen : numpy.ndarray of bool, of shape (n_loans,)
        Held-out persons' loans from the cut on: new in time and in person.
    seen : numpy.ndarray of bool, of shape (n_loans,)
        The other persons' loans from the cut on: new in time only.
    """

    training: Mask
    unseen: Mask
    seen: Mask


def choose_cut(loan_dates: Days, known: Mask, share: float = TEST_SHARE) -> np.datetime64:
    """Choose the day from which on loans test instead of train.

    Parameters
    ----------
    loan_dates : numpy.ndarray of datetime64, of shape (n_loans,)
        In any order.
    known : numpy.ndarray of bool, of shape (n_loans,)
        Whether the outcome is known; other loans do not count.
    share : float
        Of the loans that count; above 0, at most 1.

    Returns
    -------
    numpy.datetime64[D]
        The latest day from which on at least that share of loans lies; NaT when none counts,
        which makes every part of the split empty.
    """
    days = np.sort(_to_days(loan_dates)[known])
    if not len(days):
        return np.datetime64("NaT", "D")
    n_test = max(int(np.ceil(share * len(days))), 1)
    cut: np.datetime64 = days[-n_test]
    return cut


def split_loans(  # noqa: PLR0913, PLR0917 -- three facts of each loan, three of the calendar
    loan_dates: Days,
    known: Mask,
    held_out: Mask,
    as_of: date | np.datetime64,
    cut: date | np.datetime64,
    outcome_lag_days: int,
) -> Split:
    """Part loans into those to train on and those to test on.

    Parameters
    ----------
    loan_dates : numpy.ndarray of datetime64, of shape (n_loans,)
        In any order.
    known : numpy.ndarray of bool, of shape (n_loans,)
        Whether the file tells the outcome.
    held_out : numpy.ndarray of bool, of shape (n_loans,)
        Whether no model may train on the loan's person.
    as_of : datetime.date or numpy.datetime64
        The day of the run; an outcome that was not due by then is none.
    cut : datetime.date or numpy.datetime64
        From `choose_cut`.
    outcome_lag_days : int
        So many days after a loan its outcome is known.

    Notes
    -----
    A model on the day of the cut knew no outcome of the last `outcome_lag_days` before it. Loans
    of these days are in no part: to train on them would be to look ahead, and to test on them
    would be no test out of time.
    """
    days = _to_days(loan_dates)
    last_day, cut_day = np.datetime64(as_of, "D"), np.datetime64(cut, "D")
    outcome_days = days + np.timedelta64(outcome_lag_days, "D")
    due = known & (outcome_days <= last_day)
    before = due & (days < cut_day) & (outcome_days <= cut_day)
    after = due & (days >= cut_day)
    return Split(training=before & ~held_out, unseen=after & held_out, seen=after & ~held_out)


def _to_days(loan_dates: Days) -> Days:
    return loan_dates.astype("datetime64[D]")
