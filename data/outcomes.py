"""The outcomes: each user's probability of not paying on time, and the loans not paid."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.people import PENSIONER

TYPICAL_RISK = -7.36
"""Log-odds that a typical loan of a typical user is not paid on time."""

# Wide, as most users always pay and a few rarely do: chosen so that a user's history predicts the
# next loan as well as in the original data. The user's spread far exceeds the person's, so that a
# person's other ids predict little.
_USER_RISK_SPREAD = 2.9
_PERSON_RISK_SPREAD = 0.3

# The effects of the features are small beside those spreads.
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
    risk: float = TYPICAL_RISK,
) -> npt.NDArray[np.float64]:
    """Draw each user's rate of loans not paid on time.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    persons : pandas.DataFrame of shape (n_persons, n_columns)
        From `data.people.draw_persons`.
    person_of_user : numpy.ndarray of shape (n_users,)
        Each user's row in `persons`.
    loans_of_user : numpy.ndarray of shape (n_users,)
        The number of loans of each user.
    risk : float
        Log-odds of the typical user; higher values make more defaults.

    Returns
    -------
    numpy.ndarray of shape (n_users,)
        Between 0 and 1.
    """
    person_risk = _feature_risk(persons) + _PERSON_RISK_SPREAD * rng.standard_normal(len(persons))
    loans_risk = _RISK_PER_TEN_LOANS * (loans_of_user - _TYPICAL_LOANS) / 10
    user_risk = _USER_RISK_SPREAD * rng.standard_normal(len(person_of_user))
    log_odds = risk + person_risk[person_of_user] + loans_risk + user_risk
    rates: npt.NDArray[np.float64] = 1 / (1 + np.exp(-log_odds))
    return rates


def draw_statuses(rng: np.random.Generator, rates: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """Draw each loan's outcome from its user's rate; 1 is not paid on time."""
    return (rng.random(len(rates)) < rates).astype(np.int8)


def _feature_risk(persons: pd.DataFrame) -> npt.NDArray[np.float64]:
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
