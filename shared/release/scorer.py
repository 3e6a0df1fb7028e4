"""The model's own arithmetic without its libraries: one applicant at a time, in plain Python."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import msgspec

from shared.errors import BrokenReleaseError
from shared.release.features import MODEL_FEATURES

# A leaf is its value; an inner node is feature, threshold, where missing goes, left, right.
type Node = float | tuple[int, float, bool, Node, Node]


class Scorer:
    """Scores an applicant as the release's model does.

    Parameters
    ----------
    baseline : float
        The log odds before any tree.
    trees : list of nodes
        Each adds its leaf's value to the log odds.
    calibration : tuple of float and float
        Slope and intercept of the line that calibrates the log odds.

    Notes
    -----
    Sums run in the model's order, so the log odds are the model's to the last bit; the last step
    to a probability may differ from it in the last.
    """

    def __init__(
        self, baseline: float, trees: list[Node], calibration: tuple[float, float]
    ) -> None:
        self._baseline = baseline
        self._trees = trees
        self._slope, self._intercept = calibration

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a scorer as `training.release.scorer_export` writes it.

        Raises
        ------
        BrokenReleaseError
            When its features are not the ones that this code serves.
        """
        # No other thread runs meanwhile: the shorter, the less the reads beside it wait.
        document = msgspec.json.decode(path.read_bytes())
        if tuple(document["features"]) != MODEL_FEATURES:
            raise BrokenReleaseError(
                f"The scorer must take {', '.join(MODEL_FEATURES)} in this order, it takes"
                f" {', '.join(document['features'])}: train again with this version of the code."
            )
        line = document["calibration"]
        trees = [_grow(tree, 0) for tree in document["trees"]]
        return cls(document["baseline"], trees, (line["slope"], line["intercept"]))

    def predict_default(self, features: Sequence[float | None]) -> float:
        """Predict one applicant's probability of default.

        Parameters
        ----------
        features : sequence of float or None
            In the order of `MODEL_FEATURES`; None where missing.

        Returns
        -------
        float
            Between 0 and 1.
        """
        log_odds = self._baseline
        for tree in self._trees:
            node = tree
            while not isinstance(node, float):
                feature, threshold, missing_left, left, right = node
                value = features[feature]
                goes_left = missing_left if value is None else value <= threshold
                node = left if goes_left else right
            log_odds += node
        return _to_probability(self._slope * log_odds + self._intercept)


def _to_probability(log_odds: float) -> float:
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1.0 + odds)


def _grow(tree: dict[str, Any], place: int) -> Node:
    """Turn a tree's columns into nested nodes: what is followed most is found fastest."""
    feature = tree["feature"][place]
    if feature < 0:
        return float(tree["value"][place])
    return (
        feature,
        tree["threshold"][place],
        tree["missing_left"][place],
        _grow(tree, tree["left"][place]),
        _grow(tree, tree["right"][place]),
    )
