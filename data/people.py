"""The applicants: the persons behind the loans."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data import population

EXTRACT_DAY = date(2021, 9, 17)
"""The date that `days_birth` and `days_employed` count from."""

PENSIONER = "Pensioner"
PENSIONER_DAYS_EMPLOYED = 365_243

_PENSIONER_SHARE = 0.165
_BLANK_OCCUPATION_SHARE_OF_WORKERS = 0.175
_MEAN_YEARS_EMPLOYED = 7.0
_WORKING_AGE_YEARS = 18.0
_DAYS_PER_YEAR = 365.25
_MEDIAN_INCOME = 157_500.0
_INCOME_STEP = 4_500.0

_COUPLES = ("Married", "Civil marriage")


def draw_persons(rng: np.random.Generator, n_persons: int) -> pd.DataFrame:
    """Draw the applicant columns of synthetic persons.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of randomness.
    n_persons : int
        The number of persons.

    Returns
    -------
    pandas.DataFrame of shape (n_persons, 18)
        All raw columns that describe a person. Everyone was at least 18 when the first loans were
        granted.
    """
    pensioners = rng.random(n_persons) < _PENSIONER_SHARE
    ages = _draw_ages_years(rng, pensioners)
    families = _pick(rng, population.FAMILY_STATUSES, n_persons)
    children = _pick(rng, population.CHILDREN, n_persons)
    persons = pd.DataFrame(
        {
            "code_gender": _pick(rng, population.GENDERS, n_persons),
            "flag_own_car": _pick(rng, population.CAR_OWNERS, n_persons),
            "flag_own_realty": _pick(rng, population.REALTY_OWNERS, n_persons),
            "cnt_children": children,
            "amt_income_total": _draw_incomes(rng, n_persons),
            "name_income_type": np.where(
                pensioners, PENSIONER, _pick(rng, population.INCOME_TYPES, n_persons)
            ),
            "name_education_type": _pick(rng, population.EDUCATION_TYPES, n_persons),
            "name_family_status": families,
            "name_housing_type": _pick(rng, population.HOUSING_TYPES, n_persons),
            "days_birth": -np.floor(ages * _DAYS_PER_YEAR).astype(np.int64),
            "days_employed": _draw_days_employed(rng, ages, pensioners),
            "flag_mobil": 1,
            "flag_work_phone": _pick(rng, population.WORK_PHONES, n_persons),
            "flag_phone": _pick(rng, population.PHONES, n_persons),
            "flag_email": _pick(rng, population.EMAILS, n_persons),
            "occupation_type": _draw_occupations(rng, pensioners),
            "cnt_fam_members": children + 1.0 + np.isin(families, _COUPLES),
        }
    )
    return date_persons(persons)


def date_persons(persons: pd.DataFrame) -> pd.DataFrame:
    """Add the dates that `days_birth` and `days_employed` encode.

    Parameters
    ----------
    persons : pandas.DataFrame of shape (n_persons, n_columns)
        With both columns, in days from `EXTRACT_DAY`. Not modified.

    Returns
    -------
    pandas.DataFrame of shape (n_persons, n_columns + 2)
        With `birthday` and `job_start_date`; the latter is in the year 3021 for pensioners.
    """
    extract_day = np.datetime64(EXTRACT_DAY, "s")
    return persons.assign(
        birthday=extract_day + _to_days(persons["days_birth"]),
        job_start_date=extract_day + _to_days(persons["days_employed"]),
    )


def _to_days(counts: pd.Series) -> npt.NDArray[np.timedelta64]:
    # In seconds, as timestamps in nanoseconds end in the year 2262.
    return counts.to_numpy(dtype="timedelta64[D]").astype("timedelta64[s]")


def _pick(
    rng: np.random.Generator, shares: Mapping[str, float] | Mapping[int, float], size: int
) -> npt.NDArray[Any]:
    weights = np.array(list(shares.values()))
    picked = rng.choice(len(shares), size, p=weights / weights.sum())
    return np.array(list(shares))[picked]


def _draw_ages_years(
    rng: np.random.Generator, pensioners: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    workers = 21.3 + 45.0 * rng.beta(1.7, 2.3, len(pensioners))
    retired = 48.0 + 20.8 * rng.beta(4.0, 2.0, len(pensioners))
    return np.where(pensioners, retired, workers)


def _draw_days_employed(
    rng: np.random.Generator, ages: npt.NDArray[np.float64], pensioners: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Draw days employed from an exponential, truncated at the person's coming of age."""
    max_ratio = (ages - _WORKING_AGE_YEARS) / _MEAN_YEARS_EMPLOYED
    quantile = rng.random(len(ages)) * -np.expm1(-max_ratio)
    years = -_MEAN_YEARS_EMPLOYED * np.log1p(-quantile)
    days = -np.ceil(years * _DAYS_PER_YEAR).astype(np.int64)
    return np.where(pensioners, PENSIONER_DAYS_EMPLOYED, days)


def _draw_incomes(rng: np.random.Generator, size: int) -> npt.NDArray[np.float64]:
    incomes = _MEDIAN_INCOME * rng.lognormal(0.0, 0.5, size)
    return np.clip(np.round(incomes / _INCOME_STEP) * _INCOME_STEP, 27_000.0, 1_575_000.0)


def _draw_occupations(rng: np.random.Generator, pensioners: npt.NDArray[np.bool_]) -> pd.Series:
    occupations = pd.Series(_pick(rng, population.OCCUPATIONS, len(pensioners)))
    blank = rng.random(len(pensioners)) < _BLANK_OCCUPATION_SHARE_OF_WORKERS
    return occupations.mask(pensioners | blank)
