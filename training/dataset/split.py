"""The split by time and person: tested on later loans of persons never trained on."""

from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

TEST_SHARE = 0.25
"""The share of loans with a known outcome that were granted on the cut-off date or later."""

type Mask = npt.NDArray[np.bool_]
type Days = npt.NDArray[np.datetime64]
type Roles = pd.api.extensions.ExtensionArray | npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Split:
    """What each loan is used for; no loan is used twice.

    Attributes
    ----------
    cut : datetime.date
        The cut-off date: the first date of the test period.
    training, calibration : numpy.ndarray of bool, of shape (n_loans,)
        Loans whose outcome was known by the cut-off: trees are grown on the former,
        probabilities calibrated on the latter, which belong to other persons.
    unseen, seen : numpy.ndarray of bool, of shape (n_loans,)
        Loans from the cut-off on whose outcome is known by the as-of date: of persons held out
        from every model, and of the others.
    """

    cut: date
    training: Mask
    calibration: Mask
    unseen: Mask
    seen: Mask

    @classmethod
    def make(cls, days: Days, known: Mask, roles: Roles, as_of: date, lag_days: int) -> Self:
        """Split loans by time and person.

        Parameters
        ----------
        days : numpy.ndarray of datetime64[D], of shape (n_loans,)
            When each loan was granted.
        known : numpy.ndarray of bool, of shape (n_loans,)
            Whether the file has the outcome.
        roles : pandas.Categorical or numpy.ndarray of str, of shape (n_loans,)
            The role of each loan's person, from `training.dataset.persons.assign_roles`.
        as_of : datetime.date
            The date of the run.
        lag_days : int
            Days until a loan's outcome is known.
        """
        lag = np.timedelta64(lag_days, "D")
        settled = known & (days + lag <= np.datetime64(as_of))
        cut = _choose_cut(days[settled], as_of)
        before, after = known & (days + lag <= cut), settled & (days >= cut)
        return cls(
            cut.astype(date),
            training=before & (roles == "training"),
            calibration=before & (roles == "calibration"),
            unseen=after & (roles == "test"),
            seen=after & (roles != "test"),
        )


def _choose_cut(days: Days, as_of: date) -> np.datetime64:
    """Choose the date on or after which `TEST_SHARE` of the loans were granted."""
    if not len(days):
        return np.datetime64(as_of)
    rank = int((1 - TEST_SHARE) * (len(days) - 1))
    # As integers, dates are partitioned several times as fast.
    ordered = np.partition(days.view(np.int64), rank).view(days.dtype)
    return np.datetime64(ordered[rank], "D")
