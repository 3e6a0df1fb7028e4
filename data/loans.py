"""The loans: how many each user has, their dates and their amounts."""

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

FIRST_LOAN_DAY = date(2019, 1, 1)
LAST_LOAN_DAY = date(2020, 12, 30)
MAX_LOANS_PER_USER = 61
MIN_AMOUNT = 100.0

# A Pareto tail above the minimum gives a median near 119 and a maximum near 900.
_AMOUNT_SCALE = 237.0
_AMOUNT_TAIL = 9.0


def draw_loan_counts(rng: np.random.Generator, n_users: int) -> npt.NDArray[np.int64]:
    """Draw the number of loans of each user: 1 to 61, large numbers being rare."""
    shares = rng.beta(0.82, 1.582, n_users)
    return 1 + np.floor(MAX_LOANS_PER_USER * shares).astype(np.int64)


def draw_loans(rng: np.random.Generator, users: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Draw the date and the amount of every loan.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    users : numpy.ndarray of shape (n_loans,)
        The user id of each loan.

    Returns
    -------
    pandas.DataFrame of shape (n_loans, 4)
        `loan_id`, `id`, `loan_date`, `loan_amount`, in the order of `users`.

    Notes
    -----
    Dates are independent of the loan ids, so a user's loan ids are not in date order, and some of
    a user's loans share a date.
    """
    n_days = (LAST_LOAN_DAY - FIRST_LOAN_DAY).days + 1
    days = rng.integers(0, n_days, len(users)).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "loan_id": np.arange(1, len(users) + 1),
            "id": users,
            "loan_date": np.datetime64(FIRST_LOAN_DAY, "s") + days.astype("timedelta64[s]"),
            "loan_amount": draw_amounts(rng, len(users)),
        }
    )


def draw_amounts(rng: np.random.Generator, n_loans: int) -> npt.NDArray[np.float64]:
    """Draw loan amounts: at least 100, most of them slightly more, a few much more."""
    return MIN_AMOUNT + _AMOUNT_SCALE * rng.pareto(_AMOUNT_TAIL, n_loans)


def shuffle_loans(rng: np.random.Generator, loans: pd.DataFrame) -> pd.DataFrame:
    """Shuffle the loans, as real files are in no useful order."""
    return loans.take(rng.permutation(len(loans))).reset_index(drop=True)
