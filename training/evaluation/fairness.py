"""How groups of applicants fare: who is approved, who defaults, what was predicted."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shared.release.evaluation import Group

Groups = Sequence[object] | npt.NDArray[np.generic]

UNKNOWN = "unknown"

AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55-61", "62+")
"""The last is the group whose age may not count against them (12 CFR 1002.6(b)(2))."""

_FIRST_AGES_YEARS = (18, 25, 35, 45, 55, 62)


def compare_groups(
    status: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    groups: Groups,
    decisions: npt.ArrayLike,
) -> list[Group]:
    """Compare groups of loans.

    Parameters
    ----------
    status : array of shape (n_loans,)
        1 for not paid on time, 0 for paid on time.
    probabilities : array of shape (n_loans,)
        Predicted probability of default.
    groups : array of str, of shape (n_loans,)
        Each loan's group. What is no text is missing, and counts as `UNKNOWN`.
    decisions : array of shape (n_loans,)
        1 for refused, 0 for approved, as from `training.model.decision.DecisionRule.decide`.

    Returns
    -------
    list of Group
        By name, `UNKNOWN` last; only groups that have a loan.
    """
    names, place = np.unique(_name_groups(groups), return_inverse=True)
    n_loans = np.bincount(place, minlength=len(names))

    def count(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
        return np.bincount(place, weights=np.asarray(values, float), minlength=len(names))

    defaults, predicted, refused = count(status), count(probabilities), count(decisions)
    compared = [
        Group(
            group=str(name),
            n_loans=int(n_loans[at]),
            n_defaults=int(defaults[at]),
            approval_rate=float(1 - refused[at] / n_loans[at]),
            default_rate=float(defaults[at] / n_loans[at]),
            mean_predicted=float(predicted[at] / n_loans[at]),
        )
        for at, name in enumerate(names)
    ]
    return sorted(compared, key=lambda group: group.group == UNKNOWN)


def age_bands(ages: npt.ArrayLike) -> npt.NDArray[np.str_]:
    """Name the band of each age.

    Parameters
    ----------
    ages : array of shape (n_loans,)
        In years, whole or not; NaN where unknown.

    Returns
    -------
    numpy.ndarray of str, of shape (n_loans,)
        One of `AGE_BANDS`, or `UNKNOWN` for an age that is missing or below 18.
    """
    years = np.asarray(ages, dtype=np.float64)
    bands = np.searchsorted(_FIRST_AGES_YEARS, years, side="right")
    names = np.array([UNKNOWN, *AGE_BANDS])
    return names[np.where(np.isnan(years), 0, bands)]


def _name_groups(groups: Groups) -> npt.NDArray[np.str_]:
    return np.array([name if isinstance(name, str) else UNKNOWN for name in groups], dtype=np.str_)
