"""The loans: how many a user takes, on which days, of which amounts."""

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

FIRST_LOAN_DAY = date(2019, 1, 1)
LAST_LOAN_DAY = date(2020, 12, 30)
MOST_LOANS_PER_USER = 61
LEAST_AMOUNT = 100.0

# A Pareto tail over the least amount gives a median near 119 and a largest near 900.
_AMOUNT_SCALE = 237.0
_AMOUNT_TAIL = 9.0


def draw_loan_counts(rng: np.random.Generator, n_users: int) -> npt.NDArray[np.int64]:
    """Draw how many loans each user has: 1 to 61, few of the many-loan users."""
    shares = rng.beta(0.82, 1.582, n_users)
    return 1 + np.floor(MOST_LOANS_PER_USER * shares).astype(np.int64)


def draw_loans(rng: np.random.Generator, users: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Draw the day and the amount of every loan.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance.
    users : numpy.ndarray of shape (n_loans,)
        The user id of each loan.

    Returns
    -------
    pandas.DataFrame of shape (n_loans, 4)
        `loan_id`, `id`, `loan_date`, `loan_amount`, in the order of `users`.

    Notes
    -----
    Days are drawn without a look at the loan ids, so a user's loan ids are not in date order, and
    some of a user's loans share a day.
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
    """Draw loan amounts: at least 100, most of them little more, a few of them much more."""
    return LEAST_AMOUNT + _AMOUNT_SCALE * rng.pareto(_AMOUNT_TAIL, n_loans)


def shuffle_loans(rng: np.random.Generator, loans: pd.DataFrame) -> pd.DataFrame:
    """Put the loans in no useful order, as deliveries are."""
    return loans.take(rng.permutation(len(loans))).reset_index(drop=True)
