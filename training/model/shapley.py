"""Why each user is scored as they are: exact Shapley values of the model's trees."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched, chain, product
from math import factorial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.model.fitted_models import FittedTrees, take_apart
from training.model.protocol import Classifier, Floats
from training.model.tree_sums import take_columns

_TREES_AT_A_TIME = 25
"""The tables of deep trees' leaves are large."""

_FEW_SPLITS = 6

type KeptLeft = dict[int, npt.NDArray[np.bool_]]
type Side = tuple[int, bool]
"""The place of a split, and whether the leaf lies on its left."""

type Sides = dict[int, tuple[Side, ...]]
type Shares = dict[int, float]


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
        for trees in batched(fitted.trees, _TREES_AT_A_TIME, strict=False):
            leaves = [_list_leaves(nodes) for nodes in trees]
            tables = iter(_share_out_values([*chain.from_iterable(leaves)]))
            for nodes, own in zip(trees, leaves, strict=True):
                worked_out = [(leaf, next(tables)) for leaf in own]
                _attribute_tree(worked_out, _find_kept_left(nodes, columns), effects)
                expected += sum(leaf.value * leaf.count for leaf in own) / nodes[0]["count"]
    else:
        for term in fitted.terms:
            effects[term.feature] = term.add(columns[term.feature])
    baseline = fitted.slope * expected + fitted.intercept
    return ShapleyValues(float(baseline), np.ascontiguousarray((fitted.slope * effects).T))


def _find_kept_left(nodes: Any, columns: list[Floats]) -> KeptLeft:
    splits = np.flatnonzero(nodes["is_leaf"] == 0).tolist()
    return {place: _goes_left(nodes[place], columns) for place in splits}


def _goes_left(node: Any, columns: list[Floats]) -> npt.NDArray[np.bool_]:
    column = columns[node["feature_idx"]]
    left: npt.NDArray[np.bool_] = column <= node["num_threshold"]
    return left | np.isnan(column) if node["missing_go_to_left"] else left


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A leaf and the way to it, by feature: the splits with their sides, the share of the loans."""

    value: float
    count: float
    sides: Sides
    shares: Shares


def _list_leaves(nodes: Any) -> list[_Leaf]:
    names = ("is_leaf", "value", "count", "feature_idx", "left", "right")
    rows = list(zip(*(nodes[name].tolist() for name in names), strict=True))

    def descend(place: int, sides: Sides, shares: Shares) -> Iterator[_Leaf]:
        is_leaf, value, count, feature, *children = rows[place]
        if is_leaf:
            yield _Leaf(value, count, sides, shares)
            return
        for child, left in zip(children, (True, False), strict=True):
            share = shares.get(feature, 1.0) * rows[child][2] / count
            side = (*sides.get(feature, ()), (place, left))
            yield from descend(child, sides | {feature: side}, shares | {feature: share})

    return [*descend(0, {}, {})]


def _attribute_tree(
    leaves: list[tuple[_Leaf, Floats]], kept_left: KeptLeft, effects: Floats
) -> None:
    """Add the effects of a tree, given as its leaves with their tables."""
    if len(kept_left) > _FEW_SPLITS:
        for leaf, table in leaves:
            _attribute_leaf(leaf, table, kept_left, effects)
        return
    # A row only counts by the splits that it goes left at: few patterns stand for all rows.
    sides = np.array([*product((False, True), repeat=len(kept_left))]).T
    by_pattern = np.zeros((len(effects), sides.shape[-1]))
    for leaf, table in leaves:
        _attribute_leaf(leaf, table, dict(zip(kept_left, sides, strict=True)), by_pattern)
    pattern = _number_patterns(kept_left.values(), effects.shape[1])
    for feature in np.flatnonzero(by_pattern.any(axis=1)).tolist():
        effects[feature] += by_pattern[feature].take(pattern)


def _attribute_leaf(leaf: _Leaf, table: Floats, kept_left: KeptLeft, effects: Floats) -> None:
    keeps = [
        np.logical_and.reduce([kept_left[place] == left for place, left in sides])
        for sides in leaf.sides.values()
    ]
    pattern = _number_patterns(keeps, effects.shape[1])
    for column, feature in zip(table.T, leaf.sides, strict=True):
        effects[feature] += column.take(pattern)


def _number_patterns(kept: Iterable[npt.NDArray[np.bool_]], n_rows: int) -> npt.NDArray[np.intp]:
    """Give each row the number whose binary digits say what it keeps to."""
    pattern = np.zeros(n_rows, np.uint16)
    for one in kept:
        pattern *= 2
        pattern += one
    return pattern.astype(np.intp)


def _share_out_values(leaves: Sequence[_Leaf]) -> list[Floats]:
    """Work out each leaf's Shapley values, for every pattern of its features kept to."""
    tables: dict[int, Floats] = {}
    for n in {len(leaf.shares) for leaf in leaves}:
        places = [place for place, leaf in enumerate(leaves) if len(leaf.shares) == n]
        shares = np.array([[*leaves[place].shares.values()] for place in places])
        for place, table in zip(places, _share_out(shares), strict=True):
            tables[place] = leaves[place].value * table
    return [tables[place] for place in range(len(leaves))]


def _share_out(shares: Floats) -> Floats:
    """Work out the Shapley values of leaves worth 1, for every pattern of features kept to.

    Parameters
    ----------
    shares : numpy.ndarray of shape (n_leaves, n_features)
        Of the loans, those that each feature's splits sent towards a leaf.

    Returns
    -------
    numpy.ndarray of shape (n_leaves, 2 ** n_features, n_features)
        Patterns in binary order, the first feature the highest bit.
    """
    n_leaves, n = shares.shape
    patterns = np.array(list(product((0.0, 1.0), repeat=n)))
    weights = [factorial(size) * factorial(n - size - 1) / factorial(n) for size in range(n)]
    values = np.empty((n_leaves, *patterns.shape))
    for feature in range(n):
        # Coefficient s: the worth of all coalitions of s other features.
        coalitions = np.zeros(values.shape)
        coalitions[..., 0] = 1.0
        for other in range(n):
            if other != feature:
                joined = coalitions[..., :-1] * patterns[:, [other]]
                coalitions *= shares[:, other, np.newaxis, np.newaxis]
                coalitions[..., 1:] += joined
        surplus = patterns[:, feature] - shares[:, [feature]]
        values[..., feature] = surplus * (coalitions @ weights)
    return values
