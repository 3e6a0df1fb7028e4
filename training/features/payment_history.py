"""The applicant's payment history: the outcomes of earlier loans known on a loan's date."""

import numpy as np
import numpy.typing as npt

from training.features.ordering import OrderedLoans, Rows

type Mask = npt.NDArray[np.bool_]
type Counts = npt.NDArray[np.int64]


def find_known(loans: OrderedLoans, user_numbers: Counts, lag_days: int) -> Rows:
    """Find, for every loan, the place of the first whose outcome its user's history does not have.

    Parameters
    ----------
    loans : OrderedLoans of n_loans
        All loans of a user or none.
    user_numbers : numpy.ndarray of int, of shape (n_loans,)
        From 0, in the order of users.
    lag_days : int
        Days until a loan's outcome is known; at least 1.
    """
    first = int(loans.days.min())
    # More than the days between any two loans of a user, plus the lag.
    days_between_users = int(loans.days.max()) - first + lag_days + 1
    keys = user_numbers * days_between_users + (loans.days - first)
    return np.searchsorted(keys, keys - lag_days, side="right")


def count_between(counted: Mask, begin: Rows, end: Rows) -> Counts:
    """Count the loans with a property between two places, for every pair of them."""
    running = np.concatenate([[0], np.cumsum(counted)])
    counts: Counts = running.take(end) - running.take(begin)
    return counts
