"""Whether being 62 or older counts against anyone, which the law forbids."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.facts import Gate
from training.gates.monotonic import holds_direction
from training.gates.turning_values import ROUNDING, find_turning_values
from training.model.classifier import Classifier, predict_at

_AGE = "age"
_ADULT, _ELDERLY = 18.0, 62.0


def find_worsened(model: Classifier, users: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Find the users who would be treated worse at some age from 62 on than at a younger one.

    Parameters
    ----------
    model : Classifier
        From `training.model.boosted_trees.fit_model`.
    users : pandas.DataFrame of shape (n_users, n_columns)
        With the columns of `MODEL_FEATURES`; their own ages do not count.

    Returns
    -------
    numpy.ndarray of bool, of shape (n_users,)

    Notes
    -----
    12 CFR 1002.2(v) and 1002.6(b)(2): the age of an elderly applicant, 62 or older, must be treated
    at least as favourably as any other age. So the highest risk from 62 on is compared with the
    lowest of a younger adult, all else being equal.
    """
    if holds_direction(model, _AGE, -1):
        return np.zeros(len(users), bool)
    turning = find_turning_values(model, _AGE, users)
    younger = {_ADULT, _ELDERLY - 1, *(age for age in turning if _ADULT <= age < _ELDERLY)}
    elderly = {_ELDERLY, *(age for age in turning if age > _ELDERLY)}
    best = predict_at(model, users, _AGE, sorted(younger)).min(axis=0)
    worst = predict_at(model, users, _AGE, sorted(elderly)).max(axis=0)
    worsened: npt.NDArray[np.bool_] = worst * (1 - ROUNDING) > best
    return worsened


def judge_age_rule(model: Classifier, users: pd.DataFrame) -> Gate:
    """Look for users to whom an age of 62 or more would do harm."""
    worsened = find_worsened(model, users)
    share = float(worsened.mean())
    return Gate(
        "age_rule",
        share,
        "at no age from 62 on is a user's risk higher than at a younger one",
        "stopped" if share else "passed",
        f"The risk of {int(worsened.sum()):,} of {len(users):,} users would be higher at 62 or"
        " older than at a younger age.",
    )
