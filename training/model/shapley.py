"""Why each user is scored as they are: exact Shapley values of the model's trees."""

from dataclasses import dataclass
from itertools import product
from math import factorial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.model.fitted_models import FittedTrees, take_apart
from training.model.protocol import Classifier, Floats
from training.model.tree_sums import take_columns


@dataclass(frozen=True, slots=True)
class ShapleyValues:
    """What each feature added to each row's log odds.

    Attributes
    ----------
    baseline : float
        The mean log odds of the loans that the trees were grown on.
    effects : numpy.ndarray of shape (n_rows, n_features)
        In the order of `MODEL_FEATURES`; with the baseline they sum to the row's log odds.
    """

    baseline: float
    effects: Floats


def shapley_values(model: Classifier, features: pd.DataFrame) -> ShapleyValues:
    """Share each row's log odds out among its features.

    Parameters
    ----------
    model : Classifier
        From `training.model.boosted_trees.fit_model`.
    features : pandas.DataFrame of shape (n_rows, n_columns)
        With the columns of `MODEL_FEATURES`.

    Notes
    -----
    Shapley values (Lundberg et al., "From local explanations to global understanding", 2020) of
    the game in which an unknown feature sends a row down both sides of a split, weighted by the
    loans that went there in training. For one leaf the game is a product over the features of
    its path, and a row only counts by which of them it keeps to: all patterns are worked out
    once, and looked up for every row.
    """
    fitted = take_apart(model)
    columns = [one.astype(np.float64, copy=False) for one in take_columns(features)]
    # By feature, as columns are added up one at a time.
    effects = np.zeros((len(columns), len(features)))
    expected = fitted.baseline
    if isinstance(fitted, FittedTrees):
        for nodes in fitted.trees:
            expected += _attribute_tree(nodes, columns, effects)
    else:
        for term in fitted.terms:
            effects[term.feature] = term.add(columns[term.feature])
    baseline = fitted.slope * expected + fitted.intercept
    return ShapleyValues(float(baseline), np.ascontiguousarray((fitted.slope * effects).T))


def _attribute_tree(nodes: Any, columns: list[Floats], effects: Floats) -> float:
    """Add a tree's effects; give the mean of its leaves over the training loans."""
    kept_left = {
        place: _goes_left(node, columns) for place, node in enumerate(nodes) if not node["is_leaf"]
    }
    expected = 0.0
    for leaf, path in _paths(nodes, 0, ()):
        _attribute_leaf(nodes, leaf, path, kept_left, effects)
        expected += nodes[leaf]["value"] * nodes[leaf]["count"] / nodes[0]["count"]
    return float(expected)


def _goes_left(node: Any, columns: list[Floats]) -> npt.NDArray[np.bool_]:
    column = columns[node["feature_idx"]]
    left: npt.NDArray[np.bool_] = column <= node["num_threshold"]
    return left | np.isnan(column) if node["missing_go_to_left"] else left


type Step = tuple[int, bool]


def _paths(nodes: Any, place: int, steps: tuple[Step, ...]) -> list[tuple[int, tuple[Step, ...]]]:
    """List each leaf with the inner nodes above it, and the side that leads to it."""
    node = nodes[place]
    if node["is_leaf"]:
        return [(place, steps)]
    return [
        *_paths(nodes, node["left"], (*steps, (place, True))),
        *_paths(nodes, node["right"], (*steps, (place, False))),
    ]


def _attribute_leaf(
    nodes: Any,
    leaf: int,
    path: tuple[Step, ...],
    kept_left: dict[int, npt.NDArray[np.bool_]],
    effects: Floats,
) -> None:
    shares: dict[int, float] = {}
    keeps: dict[int, npt.NDArray[np.bool_]] = {}
    for place, left in path:
        node = nodes[place]
        feature = int(node["feature_idx"])
        child = nodes[node["left"] if left else node["right"]]
        kept = kept_left[place] if left else ~kept_left[place]
        shares[feature] = shares.get(feature, 1.0) * child["count"] / node["count"]
        keeps[feature] = keeps[feature] & kept if feature in keeps else kept
    pattern = np.zeros(effects.shape[1], np.intp)
    for kept in keeps.values():
        pattern *= 2
        pattern += kept
    table = nodes[leaf]["value"] * _share_out(np.array(list(shares.values())))
    for column, feature in zip(table.T, keeps, strict=True):
        effects[feature] += column.take(pattern)


def _share_out(shares: Floats) -> Floats:
    """Work out the Shapley values of a leaf worth 1, for every pattern of features kept to.

    Parameters
    ----------
    shares : numpy.ndarray of shape (n_features,)
        Of the loans, those that each feature's splits sent towards the leaf.

    Returns
    -------
    numpy.ndarray of shape (2 ** n_features, n_features)
        Patterns in binary order, the first feature the highest bit.
    """
    n = len(shares)
    patterns = np.array(list(product((0.0, 1.0), repeat=n)))
    weights = [factorial(size) * factorial(n - size - 1) / factorial(n) for size in range(n)]
    values = np.empty_like(patterns)
    for feature in range(n):
        # Coefficient s: the worth of all coalitions of s other features.
        coalitions = np.zeros((len(patterns), n))
        coalitions[:, 0] = 1.0
        for other in range(n):
            if other != feature:
                joined = coalitions[:, :-1] * patterns[:, [other]]
                coalitions *= shares[other]
                coalitions[:, 1:] += joined
        values[:, feature] = (patterns[:, feature] - shares[feature]) * (coalitions @ weights)
    return values
