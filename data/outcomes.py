"""The outcomes: how likely a user is not to pay on time, and which loans were not paid."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.people import PENSIONER

USUAL_RISK = -7.36
"""Log-odds that the typical loan of the typical user is not paid on time."""

# Wide: most users always pay, a few seldom do; as wide as makes a user's own past tell as much of
# the next loan as in the original. The user's own share is by far the larger, so a person's other
# ids tell little.
_RISK_SPREAD_OF_USERS = 2.9
_RISK_SPREAD_OF_PERSONS = 0.3

# What the features say is slight, next to those spreads.
_RISK_PER_DECADE_OF_AGE = -0.2
_RISK_PER_DECADE_ON_THE_JOB = -0.3
_RISK_PER_TEN_LOANS = -0.12
_RISK_OF_CAR_OWNERS = -0.12

_TYPICAL_AGE_YEARS = 44.0
_TYPICAL_YEARS_ON_THE_JOB = 6.0
_TYPICAL_LOANS = 21.0
_DAYS_PER_DECADE = 3_652.5


def draw_default_rates(
    rng: np.random.Generator,
    persons: pd.DataFrame,
    person_of_user: npt.NDArray[np.int64],
    loans_of_user: npt.NDArray[np.int64],
    risk: float = USUAL_RISK,
) -> npt.NDArray[np.float64]:
    """Draw the share of each user's loans that will not be paid on time.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance.
    persons : pandas.DataFrame of shape (n_persons, n_columns)
        From `data.people.draw_persons`.
    person_of_user : numpy.ndarray of shape (n_users,)
        The row in `persons` of each user.
    loans_of_user : numpy.ndarray of shape (n_users,)
        How many loans each user has.
    risk : float
        Log-odds of the typical user; higher makes more bad payers.

    Returns
    -------
    numpy.ndarray of shape (n_users,)
        Between 0 and 1.
    """
    of_persons = _describe_risk(persons) + _RISK_SPREAD_OF_PERSONS * rng.standard_normal(
        len(persons)
    )
    of_loans = _RISK_PER_TEN_LOANS * (loans_of_user - _TYPICAL_LOANS) / 10
    of_users = _RISK_SPREAD_OF_USERS * rng.standard_normal(len(person_of_user))
    log_odds = risk + of_persons[person_of_user] + of_loans + of_users
    rates: npt.NDArray[np.float64] = 1 / (1 + np.exp(-log_odds))
    return rates


def draw_statuses(rng: np.random.Generator, rates: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """Draw each loan's outcome, 1 for not paid on time, from its user's rate."""
    return (rng.random(len(rates)) < rates).astype(np.int8)


def _describe_risk(persons: pd.DataFrame) -> npt.NDArray[np.float64]:
    decades_of_age = -persons["days_birth"].to_numpy() / _DAYS_PER_DECADE
    decades_employed = np.where(
        persons["name_income_type"] == PENSIONER,
        _TYPICAL_YEARS_ON_THE_JOB / 10,
        -persons["days_employed"].to_numpy() / _DAYS_PER_DECADE,
    )
    return (
        _RISK_PER_DECADE_OF_AGE * (decades_of_age - _TYPICAL_AGE_YEARS / 10)
        + _RISK_PER_DECADE_ON_THE_JOB * (decades_employed - _TYPICAL_YEARS_ON_THE_JOB / 10)
        + _RISK_OF_CAR_OWNERS * (persons["flag_own_car"] == "Y").to_numpy()
    )
