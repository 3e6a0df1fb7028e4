"""Years on the job on the day of a loan that was granted before the job on file started."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.features import USER
from training.dataset.split import Mask

_YEARS = "years_on_the_job"
_AGE = "age"


def fill_in_job_years(loans: pd.DataFrame, users: pd.DataFrame, training: Mask) -> pd.DataFrame:
    """Let a stand-in take the place of years on a job that the file does not hold.

    Parameters
    ----------
    loans : pandas.DataFrame of shape (n_loans, n_columns)
        The `loans` of `training.features.engineering.EngineeredFeatures`. Not modified.
    users : pandas.DataFrame of shape (n_users, n_columns)
        The `users` of the same: every user of the loans.
    training : numpy.ndarray of bool, of shape (n_loans,)
        The loans that a model trains on.

    Notes
    -----
    The file holds a user's present job alone. Where it started after a loan, nothing is known of
    the job on the loan's day, and a missing value would tell the model that the user changed jobs
    later. The median of the years known for training loans at the same age takes its place. What
    stays missing then means what it means when served: no job start on file.
    """
    years = loans[_YEARS].to_numpy()
    known = training & ~np.isnan(years)
    hidden = find_later_jobs(loans, users)
    if not known.any():
        return loans
    of_known = loans.loc[known, [_AGE, _YEARS]]
    median = of_known.groupby(_AGE)[_YEARS].quantile(interpolation="lower")
    of_any_age = of_known[_YEARS].quantile(interpolation="lower")
    filled = years.copy()
    filled[hidden] = loans.loc[hidden, _AGE].map(median).fillna(of_any_age)
    return loans.assign(**{_YEARS: filled})


def find_later_jobs(loans: pd.DataFrame, users: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Find the loans without years on the job, of users who are served with some."""
    on_file = users.set_index(USER)[_YEARS].notna()
    rows = on_file.index.get_indexer(pd.Index(loans[USER]))
    hidden: npt.NDArray[np.bool_] = loans[_YEARS].isna().to_numpy() & on_file.to_numpy()[rows]
    return hidden
