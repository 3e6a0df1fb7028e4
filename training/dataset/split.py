"""The split: trained on before a day, tested after it, on persons never trained on."""

from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

TEST_SHARE = 0.25
"""Of the loans with a known outcome, these were granted on the cut's day or later."""

type Mask = npt.NDArray[np.bool_]
type Days = npt.NDArray[np.datetime64]
type Roles = pd.api.extensions.ExtensionArray | npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Split:
    """Which loans are for what; no loan is for two things.

    Attributes
    ----------
    cut : datetime.date
        The first day of the test.
    training, calibration : numpy.ndarray of bool, of shape (n_loans,)
        Loans whose outcome was known by the cut: trees are grown on the former, probabilities
        calibrated on the latter, which other persons took.
    unseen, seen : numpy.ndarray of bool, of shape (n_loans,)
        Loans from the cut on whose outcome is known by the as-of date: of persons held out from
        every model, and of the others.
    """

    cut: date
    training: Mask
    calibration: Mask
    unseen: Mask
    seen: Mask

    @classmethod
    def make(cls, days: Days, known: Mask, roles: Roles, as_of: date, lag_days: int) -> Self:
        """Split loans in time and by person.

        Parameters
        ----------
        days : numpy.ndarray of datetime64[D], of shape (n_loans,)
            When each loan was granted.
        known : numpy.ndarray of bool, of shape (n_loans,)
            Whether the file tells the outcome.
        roles : pandas.Categorical or numpy.ndarray of str, of shape (n_loans,)
            What each loan's person is for, from `training.dataset.persons.assign_roles`.
        as_of : datetime.date
            The day of the run.
        lag_days : int
            After how many days a loan's outcome is known.
        """
        lag = np.timedelta64(lag_days, "D")
        told = known & (days + lag <= np.datetime64(as_of))
        cut = _choose_cut(days[told], as_of)
        before, after = known & (days + lag <= cut), told & (days >= cut)
        return cls(
            cut.astype(date),
            training=before & (roles == "training"),
            calibration=before & (roles == "calibration"),
            unseen=after & (roles == "test"),
            seen=after & (roles != "test"),
        )


def _choose_cut(days: Days, as_of: date) -> np.datetime64:
    """Choose the day from which on `TEST_SHARE` of the loans were granted."""
    if not len(days):
        return np.datetime64(as_of)
    place = int((1 - TEST_SHARE) * (len(days) - 1))
    return np.datetime64(np.partition(days, place)[place], "D")
