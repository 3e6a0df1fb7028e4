"""The nodes of a boosted tree, and the values of the leaves that rows fall into."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from training.model.protocol import Floats

_FEW_SPLITS = 4

type Masks = Sequence[npt.NDArray[np.bool_] | None]
type Split = tuple[int, float, bool]
"""Feature, threshold, whether missing ones go left."""

type Node = float | Table | tuple[Split, Node, Node]
"""The value of a leaf; a few splits; or a split, what is left and what is right of it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A part of a tree that has few splits: its values by the sides that a row is on.

    Attributes
    ----------
    splits : tuple of Split
        Each once.
    values : tuple of float
        By the number whose binary digits say at which splits a row goes left.
    """

    splits: tuple[Split, ...]
    values: tuple[float, ...]


def nest_nodes(nodes: Any) -> Node:
    """Nest a fitted tree's array of nodes."""
    names = ("is_leaf", "value", "feature_idx", "num_threshold", "missing_go_to_left")
    rows = list(zip(*(nodes[name].tolist() for name in names), strict=True))
    children = list(zip(nodes["left"].tolist(), nodes["right"].tolist(), strict=True))

    def nest(place: int) -> Node:
        is_leaf, value, feature, threshold, missing_left = rows[place]
        if is_leaf:
            return float(value)
        left, right = children[place]
        return (feature, threshold, bool(missing_left)), nest(left), nest(right)

    return _tabulate(nest(0))


def find_values(node: Node, columns: Sequence[Floats], missing: Masks) -> Floats | float:
    """Find the value of each row's leaf.

    Parameters
    ----------
    node : Node
        The root.
    columns : sequence of numpy.ndarray of float64
        By feature, of shapes that can be broadcast to one.
    missing : sequence of numpy.ndarray of bool or None
        Where a column has no value; None where it has all.
    """
    if isinstance(node, float):
        return node
    if isinstance(node, Table):
        first, *others = (_go_left(split, columns, missing) for split in node.splits)
        pattern = first.view(np.uint8)
        for goes_left in others:
            pattern = pattern * 2 + goes_left.view(np.uint8)
        return np.array(node.values).take(pattern)
    split, left, right = node
    values: Floats = np.where(
        _go_left(split, columns, missing),
        find_values(left, columns, missing),
        find_values(right, columns, missing),
    )
    return values


def _go_left(split: Split, columns: Sequence[Floats], missing: Masks) -> npt.NDArray[np.bool_]:
    feature, threshold, missing_left = split
    goes_left: npt.NDArray[np.bool_] = columns[feature] <= threshold
    mask = missing[feature]
    if missing_left and mask is not None:
        goes_left |= mask
    return goes_left


def _tabulate(node: Node) -> Node:
    if isinstance(node, float | Table):
        return node
    splits = tuple(dict.fromkeys(_list_splits(node)))
    if len(splits) > _FEW_SPLITS:
        split, left, right = node
        return split, _tabulate(left), _tabulate(right)
    goes_left = dict(zip(splits, _list_patterns(len(splits)), strict=True))
    return Table(splits, tuple(np.asarray(_find_by_side(node, goes_left)).tolist()))


@cache
def _list_patterns(n_splits: int) -> npt.NDArray[np.bool_]:
    """List all ways to take splits, of shape (n_splits, 2 ** n_splits), in binary order."""
    return np.array([*product((False, True), repeat=n_splits)]).T


def _find_by_side(node: Any, goes_left: Mapping[Split, npt.NDArray[np.bool_]]) -> Any:
    if isinstance(node, float):
        return node
    split, left, right = node
    return np.where(
        goes_left[split], _find_by_side(left, goes_left), _find_by_side(right, goes_left)
    )


def _list_splits(node: Node) -> Iterator[Split]:
    if isinstance(node, tuple):
        split, left, right = node
        yield split
        yield from _list_splits(left)
        yield from _list_splits(right)
