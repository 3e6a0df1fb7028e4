"""Whether a model's own parts hold the direction of a feature, for every applicant there can be."""

from typing import Any

import numpy as np

from shared.release.features import MODEL_FEATURES
from training.model.classifier import Classifier
from training.model.fitted_models import FittedTrees, take_apart


def holds_direction(model: Classifier, name: str, sign: int) -> bool:
    """Return whether the risk can only move one way as a known value of a feature grows.

    Parameters
    ----------
    model : Classifier
        The finished one.
    name : str
        The feature.
    sign : {-1, 1}
        The way.

    Notes
    -----
    True is a proof: in every tree, no leaf on the one side of a split on the feature is beyond a
    leaf on the other, or the feature's term in a line has that sign. False proves nothing, as one
    tree may make up for another: users have to be tried then.
    """
    fitted = take_apart(model)
    if fitted.slope < 0:
        return False
    column = MODEL_FEATURES.index(name)
    if not isinstance(fitted, FittedTrees):
        return all(term.slope * sign >= 0 for term in fitted.terms if term.feature == column)
    return all(
        _is_ordered(nodes, place, sign)
        for nodes in fitted.trees
        for place, node in enumerate(nodes)
        if not node["is_leaf"] and node["feature_idx"] == column
    )


def _is_ordered(nodes: Any, place: int, sign: int) -> bool:
    left, right = (_leaf_values(nodes, nodes[place][side]) for side in ("left", "right"))
    lower, higher = (left, right) if sign > 0 else (right, left)
    return bool(np.max(lower) <= np.min(higher))


def _leaf_values(nodes: Any, place: int) -> list[float]:
    node = nodes[place]
    if node["is_leaf"]:
        return [float(node["value"])]
    return [*_leaf_values(nodes, node["left"]), *_leaf_values(nodes, node["right"])]
