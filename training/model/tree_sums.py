"""What a model of boosted trees predicts, worked out a tree at a time for many rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import FixedThresholdClassifier

from shared.release.features import MODEL_FEATURES
from training.model.cells import Cells
from training.model.protocol import Floats
from training.model.tree_nodes import Node, find_values, nest_nodes

_ROWS_AT_A_TIME = 262_144
"""The more rows, the more of them share a cell; what is kept of each takes memory."""

_CELLS_AT_A_TIME = 16_384
"""So many values fit into the processor's cache, tree after tree."""

type Numbers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class TreeSums:
    """Boosted trees and the line that calibrates them.

    Attributes
    ----------
    baseline : float
        The log odds before any tree.
    trees : list of Node
        In the order in which they were grown.
    splits : tuple of tuples of float
        The thresholds of each of `MODEL_FEATURES`, as `Cells.find` takes them.
    slope, intercept : float
        The calibration's line through the sum of baseline and trees.

    Notes
    -----
    The sums run in scikit-learn's order, so they match its own bit for bit. It follows every row
    down every tree by itself, which takes several times as long as comparing a whole column with
    each split. Rows in one cell have one sum.
    """

    baseline: float
    trees: list[Node]
    splits: tuple[tuple[float, ...], ...]
    slope: float = 1.0
    intercept: float = 0.0

    @classmethod
    def of_trees(cls, trees: HistGradientBoostingClassifier) -> Self:
        """Take fitted trees, not calibrated."""
        baseline = float(trees._baseline_prediction.item())
        nodes = [each[0].nodes for each in trees._predictors]
        return cls(baseline, [nest_nodes(one) for one in nodes], _list_splits(nodes))

    @classmethod
    def find_in(cls, model: Any) -> Self | None:
        """Take a calibrated model apart; None where it is anything else than calibrated trees."""
        if isinstance(model, FixedThresholdClassifier):
            model = model.estimator_.estimator
        if not isinstance(model, CalibratedClassifierCV) or model.method != "sigmoid":
            return None
        calibrated, *others = model.calibrated_classifiers_
        (sigmoid,) = calibrated.calibrators
        trees = getattr(calibrated.estimator, "estimator", None)
        if others or not isinstance(trees, HistGradientBoostingClassifier):
            return None
        if trees.is_categorical_ is not None:
            return None
        sums = cls.of_trees(trees)
        return replace(sums, slope=-float(sigmoid.a_), intercept=-float(sigmoid.b_))

    def add_up(self, columns: Sequence[Numbers]) -> Floats:
        """Add up baseline and trees.

        Parameters
        ----------
        columns : sequence of numpy.ndarray of numbers
            The values of each of `MODEL_FEATURES`, NaN for missing, of shapes that can be
            broadcast to one.

        Returns
        -------
        numpy.ndarray of float64
            Log odds before calibration.
        """
        # A threshold compared with float32 would be rounded to it.
        columns = [np.ascontiguousarray(column, np.float64) for column in columns]
        missing = [np.isnan(column) for column in columns]
        masks = [mask if mask.any() else None for mask in missing]
        log_odds = np.full(np.broadcast_shapes(*(one.shape for one in columns)), self.baseline)
        for tree in self.trees:
            log_odds += find_values(tree, columns, masks)
        return log_odds

    def add_up_rows(self, columns: Sequence[Numbers]) -> Floats:
        """Add up many rows' baselines and trees; every column of numbers, of shape (n_rows,)."""
        n_rows = len(columns[0])
        parts = [
            self._add_up_cells([column[start : start + _ROWS_AT_A_TIME] for column in columns])
            for start in range(0, n_rows, _ROWS_AT_A_TIME)
        ]
        return np.concatenate(parts) if parts else np.empty(0)

    def _add_up_cells(self, columns: Sequence[Numbers]) -> Floats:
        cells = Cells.find(self.splits, columns)
        chosen = [column[cells.first] for column in columns]
        parts = [
            self.add_up([column[start : start + _CELLS_AT_A_TIME] for column in chosen])
            for start in range(0, len(cells.first), _CELLS_AT_A_TIME)
        ]
        return np.concatenate(parts)[cells.cell]

    def predict_at(
        self, columns: Sequence[Numbers], place: int, values: Sequence[float], n_at_a_time: int
    ) -> Floats:
        """Predict many rows at each value of the feature in one place, a few values at a time.

        Returns
        -------
        numpy.ndarray of float64, of shape (n_values, n_rows)
        """
        column = np.array(values, np.float64)
        cells = Cells.find([self.splits[place]], [column])
        predicted = np.empty((len(values), len(columns[0])))
        for some in batched(range(len(cells.first)), n_at_a_time, strict=False):
            chosen = column[cells.first[[*some]]][:, np.newaxis]
            log_odds = self.add_up([*columns[:place], chosen, *columns[place + 1 :]])
            for cell, row in zip(some, self.calibrate(log_odds), strict=True):
                predicted[cells.cell == cell] = row
        return predicted

    def calibrate(self, log_odds: Floats) -> Floats:
        """Turn log odds into calibrated probabilities of default."""
        probabilities: Floats = expit(self.slope * log_odds + self.intercept)
        return probabilities


def take_columns(features: Any) -> list[Numbers]:
    """Take the columns of `MODEL_FEATURES` from a frame, whatever types of numbers they have."""
    return [features[name].to_numpy() for name in MODEL_FEATURES]


def find_cells(model: Any, features: Any) -> Cells:
    """Find the cells of a frame's rows; a model without trees leaves each row in its own."""
    trees = TreeSums.find_in(model)
    if trees is None:
        return Cells.apart(len(features))
    return Cells.find(trees.splits, take_columns(features))


def _list_splits(trees: list[Any]) -> tuple[tuple[float, ...], ...]:
    names = ("is_leaf", "feature_idx", "num_threshold")
    leaf, features, thresholds = (np.concatenate([one[name] for one in trees]) for name in names)
    places = [(leaf == 0) & (features == feature) for feature in range(len(MODEL_FEATURES))]
    return tuple(tuple(np.unique(thresholds[place]).tolist()) for place in places)
