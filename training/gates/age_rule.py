"""Whose risk would rise by turning 62 or older, which the law forbids."""

from math import floor

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.features import FEATURES, MODEL_FEATURES
from training.model.anatomy import take_apart
from training.model.boosted_trees import FittedTrees
from training.model.classifier import Classifier, predict_default

_AGE = "age"
_LAST_UNPROTECTED_AGE = 61
_HIGHEST_AGE = int(FEATURES[_AGE].highest)


def find_worsened(model: Classifier, users: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Find the users whose risk rises at some birthday from the 62nd on.

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
    12 CFR 1002.6(b)(2): the age of an applicant of 62 or older must not count against them. Ages
    are whole years, and the risk only moves at those where a tree splits: trying these is trying
    every age.
    """
    before = predict_default(model, users.assign(**{_AGE: float(_LAST_UNPROTECTED_AGE)}))
    worsened = np.zeros(len(users), bool)
    for age in _find_turning_ages(model):
        after = predict_default(model, users.assign(**{_AGE: age}))
        worsened |= after > before
        before = after
    return worsened


def _find_turning_ages(model: Classifier) -> list[float]:
    """List the ages at which a tree starts to send an applicant elsewhere; of a line, all."""
    fitted = take_apart(model)
    if not isinstance(fitted, FittedTrees):
        return [float(age) for age in range(_LAST_UNPROTECTED_AGE + 1, _HIGHEST_AGE + 1)]
    column = MODEL_FEATURES.index(_AGE)
    thresholds = [
        float(node["num_threshold"])
        for nodes in fitted.trees
        for node in nodes
        if not node["is_leaf"] and node["feature_idx"] == column
    ]
    # A split that parts the missing from all others has no finite threshold.
    return sorted(
        {
            floor(threshold) + 1.0
            for threshold in thresholds
            if _LAST_UNPROTECTED_AGE <= threshold < np.inf
        }
    )
