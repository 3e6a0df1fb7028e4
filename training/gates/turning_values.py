"""The values of a feature at which a model's risk can change."""

from math import floor

import numpy as np
import pandas as pd

from shared.release.features import FEATURES, MODEL_FEATURES
from training.model.boosted_trees import FittedTrees
from training.model.classifier import Classifier

_MOST_VALUES = 64


def find_turning_values(model: Classifier, name: str, users: pd.DataFrame) -> list[float]:
    """List values of a feature, ascending, that stand for all that the users may have.

    Notes
    -----
    A tree's risk only moves where it splits, so one value between each two splits is as good as
    trying all. For any other model the values that the users have must do, 64 of them at most.
    """
    try:
        trees = FittedTrees.of(model).trees
    except (AttributeError, ValueError, TypeError):
        return _spread_values(users[name])
    column = MODEL_FEATURES.index(name)
    splits = {
        float(node["num_threshold"])
        for nodes in trees
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


def _spread_values(values: pd.Series) -> list[float]:
    distinct = np.unique(values.dropna().to_numpy(np.float64))
    if len(distinct) > _MOST_VALUES:
        places = np.linspace(0, len(distinct) - 1, _MOST_VALUES).round().astype(int)
        distinct = distinct[places]
    return [float(value) for value in distinct]
