"""The scorer as it lies in a release."""

import math
from typing import Literal

import msgspec

from shared.release.features import MODEL_FEATURES

_SCALES = {"log1p": math.log1p, "log": math.log, "linear": float}


class Term(msgspec.Struct, frozen=True):
    """What one feature adds to the log odds of a logistic regression."""

    feature: int
    scale: Literal["log1p", "log", "linear"]
    slope: float
    offset: float
    missing: float
    lowest: float | None

    def add(self, value: float | None) -> float:
        """Compute what a value adds; None is missing."""
        if value is None:
            return self.missing
        if self.lowest is not None:
            value = max(value, self.lowest)
        return self.slope * _SCALES[self.scale](value) + self.offset


class _Line(msgspec.Struct, frozen=True):
    slope: float
    intercept: float


class StoredTree(msgspec.Struct, frozen=True):
    """A tree as columns, with a place per node; the children of a node lie behind it."""

    feature: list[int]
    threshold: list[float]
    missing_left: list[bool]
    left: list[int]
    right: list[int]
    value: list[float]
    count: list[float]

    def is_tree(self) -> bool:
        """Return whether every node but the first is the child of one that lies before it."""
        n_nodes = len(self.feature)
        inner = [place for place, feature in enumerate(self.feature) if feature >= 0]
        children = [(place, side[place]) for place in inner for side in (self.left, self.right)]
        return (
            all(parent < child for parent, child in children)
            and sorted(child for _, child in children) == list(range(1, n_nodes))
            and all(self.count[place] > 0 for place in inner)
        )

    def is_sound(self) -> bool:
        """Return whether the columns are equally long, name features, and make up a tree."""
        columns = (self.threshold, self.missing_left, self.left, self.right, self.value, self.count)
        n_nodes = len(self.feature)
        if not n_nodes or any(len(column) != n_nodes for column in columns):
            return False
        return max(self.feature) < len(MODEL_FEATURES) and self.is_tree()


class ScorerFeatures(msgspec.Struct, frozen=True):
    """The features that a scorer takes, whatever else it holds."""

    features: list[str]


class ScorerDocument(ScorerFeatures, frozen=True):
    """A whole scorer."""

    baseline: float
    terms: list[Term]
    calibration: _Line
    trees: list[StoredTree]
