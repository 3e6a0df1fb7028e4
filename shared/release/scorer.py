"""The model's arithmetic in plain Python, without its libraries, for one applicant at a time."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import msgspec

from shared.errors import BrokenReleaseError
from shared.release.features import MODEL_FEATURES
from shared.release.scorer_file import ScorerDocument, ScorerFeatures, StoredTree, Term

# A leaf is its value; an inner node is feature, threshold, missing goes left, left, right, and the
# share of training loans that went left.
type Node = float | tuple[int, float, bool, Node, Node, float]


class Scorer:
    """Scores applicants exactly as the release's model does.

    Parameters
    ----------
    baseline : float
        The log odds before the first tree.
    trees : list of nodes
        Each adds the value of the applicant's leaf to the log odds.
    calibration : tuple of float and float
        Slope and intercept of the linear calibration of the log odds.
    terms : sequence of Term, optional
        Of a logistic regression, which has no trees: what each feature adds to the log odds.

    Notes
    -----
    Sums run in the model's order, so the log odds match the model's bit for bit; the conversion
    to a probability may differ in the last bit.
    """

    def __init__(
        self,
        baseline: float,
        trees: list[Node],
        calibration: tuple[float, float],
        terms: Sequence[Term] = (),
    ) -> None:
        self._baseline = baseline
        self.trees = trees
        self.terms = terms
        self.slope, self._intercept = calibration

    @classmethod
    def load(cls, path: Path) -> Self:
        """Load a scorer written by `training.release.scorer_export`.

        Raises
        ------
        BrokenReleaseError
            When it is no scorer, or its features are not the ones that this code serves.
        """
        # Decoding holds the GIL: the faster it is, the less concurrent reads wait.
        try:
            content = path.read_bytes()
            _check_features(msgspec.json.decode(content, type=ScorerFeatures).features)
            return cls._assemble(msgspec.json.decode(content, type=ScorerDocument))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BrokenReleaseError(
                f"{path.name} must hold a scorer that this code writes: {error}."
                " Publish the release again."
            ) from error

    @classmethod
    def _assemble(cls, document: ScorerDocument) -> Self:
        features = range(len(MODEL_FEATURES))
        if not all(tree.is_sound() for tree in document.trees) or not all(
            term.feature in features for term in document.terms
        ):
            raise BrokenReleaseError(
                "The scorer's trees and terms must be ones over its features, they are not:"
                " publish the release again."
            )
        line = document.calibration
        trees = [_nest(tree, 0) for tree in document.trees]
        return cls(document.baseline, trees, (line.slope, line.intercept), document.terms)

    def predict_default(self, features: Sequence[float | None]) -> float:
        """Predict an applicant's probability of default.

        Parameters
        ----------
        features : sequence of float or None
            In the order of `MODEL_FEATURES`; None if missing.

        Returns
        -------
        float
            Between 0 and 1.
        """
        log_odds = self._baseline
        for tree in self.trees:
            node: Any = tree
            # An `isinstance` would take a third of the time.
            while type(node) is not float:
                feature, threshold, missing_left, left, right, _ = node
                value = features[feature]
                goes_left = missing_left if value is None else value <= threshold
                node = left if goes_left else right
            log_odds += node
        for term in self.terms:
            log_odds += term.add(features[term.feature])
        return _to_probability(self.slope * log_odds + self._intercept)


def _check_features(names: list[str]) -> None:
    if tuple(names) != MODEL_FEATURES:
        raise BrokenReleaseError(
            f"The scorer must take {', '.join(MODEL_FEATURES)} in this order, it takes"
            f" {', '.join(names)}: train again with this version of the code."
        )


def _to_probability(log_odds: float) -> float:
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1.0 + odds)


def _nest(tree: StoredTree, index: int) -> Node:
    """Convert a tree from columns to nested nodes, which are faster to follow."""
    feature = tree.feature[index]
    if feature < 0:
        return tree.value[index]
    left, right = tree.left[index], tree.right[index]
    return (
        feature,
        tree.threshold[index],
        tree.missing_left[index],
        _nest(tree, left),
        _nest(tree, right),
        tree.count[left] / tree.count[index],
    )
