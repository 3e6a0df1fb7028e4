"""A synthetic portfolio: users, the persons behind them, and their loans."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.loans import draw_loan_counts, draw_loans
from data.outcomes import TYPICAL_RISK, draw_default_rates, draw_statuses
from data.people import draw_persons

# In a small file nearly every user is a separate person; in one the size of the original data,
# 9,700 persons share 36,457 users.
_USERS = (1_000, 36_457)
_PERSONS_PER_USER = (0.95, 9_700 / 36_457)

_FIRST_USER = 5_010_000
_MAX_USER_ID_GAP = 7


@dataclass(frozen=True)
class Portfolio:
    """Applicants and their loans.

    Attributes
    ----------
    applicants : pandas.DataFrame of shape (n_users, 20)
        A row per user: `id` and the columns that describe the person.
    loans : pandas.DataFrame of shape (n_loans, 5)
        A row per loan: `loan_id`, `id`, `status`, `loan_date`, `loan_amount`.
    """

    applicants: pd.DataFrame
    loans: pd.DataFrame


def draw_portfolio(rng: np.random.Generator, n_users: int, risk: float = TYPICAL_RISK) -> Portfolio:
    """Draw users, their loans and the outcomes.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness; its state alone determines the portfolio.
    n_users : int
        The number of users, at least 1.
    risk : float
        Log-odds that the typical user does not pay on time.
    """
    persons = draw_persons(rng, count_persons(n_users))
    person_of_user = _assign_persons(rng, len(persons), n_users)
    users = _draw_user_ids(rng, n_users)
    loans_of_user = draw_loan_counts(rng, n_users)
    loans = draw_loans(rng, np.repeat(users, loans_of_user))
    rates = draw_default_rates(rng, persons, person_of_user, loans_of_user, risk)
    return Portfolio(
        applicants=persons.take(person_of_user).reset_index(drop=True).assign(id=users),
        loans=loans.assign(status=draw_statuses(rng, np.repeat(rates, loans_of_user))),
    )


def count_persons(n_users: int) -> int:
    """Compute the number of persons behind a number of users."""
    share = np.interp(np.log(n_users), np.log(_USERS), _PERSONS_PER_USER)
    return max(1, round(n_users * float(share)))


def _assign_persons(
    rng: np.random.Generator, n_persons: int, n_users: int
) -> npt.NDArray[np.int64]:
    """Assign every person one user, and the remaining users to random persons."""
    extra = rng.integers(0, n_persons, n_users - n_persons)
    return np.sort(np.concatenate([np.arange(n_persons), extra]))


def _draw_user_ids(rng: np.random.Generator, n_users: int) -> npt.NDArray[np.int64]:
    gaps = rng.integers(1, _MAX_USER_ID_GAP, n_users, endpoint=True)
    return _FIRST_USER + np.cumsum(gaps)
