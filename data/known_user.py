"""The one user of the sample whose features are known exactly."""

from datetime import date

import numpy as np
import pandas as pd

from data.loans import FIRST_LOAN_DAY, MIN_AMOUNT, draw_loans
from data.people import EXTRACT_DAY, date_persons

KNOWN_USER = 5_008_806
PREVIOUS_LOANS = 29
MEAN_OF_PREVIOUS_AMOUNTS = 136.4468640135

_BIRTHDAY = date(1962, 6, 21)
_JOB_START = date(2019, 1, 14)
_LAST_DAY = date(2020, 11, 27)
_TRAITS = {
    "code_gender": "F",
    "flag_own_car": "Y",
    "flag_own_realty": "N",
    "cnt_children": 1,
    "amt_income_total": 148_500.0,
    "name_income_type": "State servant",
    "name_education_type": "Higher education",
    "name_family_status": "Civil marriage",
    "name_housing_type": "Rented apartment",
    "days_birth": (_BIRTHDAY - EXTRACT_DAY).days,
    "days_employed": (_JOB_START - EXTRACT_DAY).days,
    "flag_mobil": 1,
    "flag_work_phone": 1,
    "flag_phone": 0,
    "flag_email": 1,
    "occupation_type": "Medicine staff",
    "cnt_fam_members": 3.0,
}


def make_known_user() -> pd.DataFrame:
    """Make the known user's applicant row: aged 59, with 3 years on the job, on 8 March 2022."""
    return date_persons(pd.DataFrame([{"id": KNOWN_USER, **_TRAITS}]))


def draw_known_loans(rng: np.random.Generator, first_loan_id: int) -> pd.DataFrame:
    """Draw the known user's 30 loans, all of them paid.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    first_loan_id : int
        The lowest unused loan id.

    Returns
    -------
    pandas.DataFrame of shape (30, 5)
        In order. The last two share a date, so that only the loan id decides which is the most
        recent; the amounts before it have the mean `MEAN_OF_PREVIOUS_AMOUNTS`.
    """
    loans = draw_loans(rng, np.repeat(KNOWN_USER, PREVIOUS_LOANS + 1))
    n_days = (_LAST_DAY - FIRST_LOAN_DAY).days
    days = np.sort(rng.choice(n_days, PREVIOUS_LOANS - 1, replace=False))
    return loans.assign(
        loan_id=first_loan_id
        + np.append(rng.permutation(PREVIOUS_LOANS - 1), [PREVIOUS_LOANS - 1, PREVIOUS_LOANS]),
        loan_date=np.datetime64(FIRST_LOAN_DAY, "s")
        + np.append(days, [n_days, n_days]).astype("timedelta64[D]"),
        loan_amount=_scale_to_mean(loans["loan_amount"]),
        status=0,
    )


def _scale_to_mean(amounts: pd.Series) -> pd.Series:
    """Scale all but the last amount above the minimum, to the known mean."""
    above_min = amounts - MIN_AMOUNT
    factor = (MEAN_OF_PREVIOUS_AMOUNTS - MIN_AMOUNT) / above_min.iloc[:-1].mean()
    scaled = MIN_AMOUNT + above_min * factor
    return scaled.where(amounts.index < PREVIOUS_LOANS, amounts)
