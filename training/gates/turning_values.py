"""The values of a feature at which a model's risk can change."""

from math import floor

import numpy as np
import pandas as pd

from shared.release.features import FEATURES, MODEL_FEATURES
from training.model.classifier import Classifier
from training.model.fitted_models import FittedTrees, take_apart

ROUNDING = 1e-12
"""Relative: risks that differ by less are the same; sums over columns end in other last bits."""

_MOST_VALUES = 64
_MOST_WHOLE_VALUES = 150


def find_turning_values(model: Classifier, name: str, users: pd.DataFrame) -> list[float]:
    """List values of a feature, ascending, that stand for all that the users may have.

    Notes
    -----
    A tree's risk only moves where it splits, so one value between each two splits is as good as
    trying all. For a line every whole value of a short range is tried, else the values that the
    users have, 64 of them at most.
    """
    fitted = take_apart(model)
    if not isinstance(fitted, FittedTrees):
        return _spread_values(name, users)
    column = MODEL_FEATURES.index(name)
    splits = {
        float(node["num_threshold"])
        for nodes in fitted.trees
        for node in nodes
        if not node["is_leaf"] and node["feature_idx"] == column
    }
    # A split that parts the missing from all others has no finite threshold.
    whole = FEATURES[name].whole
    above = {
        floor(split) + 1.0 if whole else float(np.nextafter(split, np.inf))
        for split in splits
        if np.isfinite(split)
    }
    lowest, highest = FEATURES[name].lowest, FEATURES[name].highest
    return sorted({lowest, *(value for value in above if lowest < value <= highest)})


def _spread_values(name: str, users: pd.DataFrame) -> list[float]:
    feature = FEATURES[name]
    if feature.whole and feature.highest - feature.lowest <= _MOST_WHOLE_VALUES:
        return [float(value) for value in range(int(feature.lowest), int(feature.highest) + 1)]
    distinct = np.unique(users[name].dropna().to_numpy(np.float64))
    if len(distinct) > _MOST_VALUES:
        places = np.linspace(0, len(distinct) - 1, _MOST_VALUES).round().astype(int)
        distinct = distinct[places]
    return [float(value) for value in distinct]
