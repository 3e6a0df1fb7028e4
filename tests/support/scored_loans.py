"""Scored loans as hypothesis draws them: ties, extreme scores, few loans, weights of 0."""

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from training.evaluation.score_counts import Floats, Integers, ScoreCounts, ScoredLoans

SCORES = st.one_of(
    st.sampled_from([0.0, 0.01, 0.02, 1 / 21, 0.3, 0.5, 1.0]), st.floats(0.001, 0.999)
)


class DrawnLoans(NamedTuple):
    status: Integers
    probabilities: Floats
    weights: Integers

    def counts(self) -> ScoreCounts:
        return ScoredLoans.sort(self.status, self.probabilities).count(self.weights)

    @property
    def n_defaults(self) -> int:
        return int(self.weights @ self.status)

    @property
    def n_paid(self) -> int:
        return int(self.weights.sum()) - self.n_defaults


def _to_arrays(rows: list[tuple[int, float, int]]) -> DrawnLoans:
    status, probabilities, weights = zip(*rows, strict=True)
    return DrawnLoans(np.array(status), np.array(probabilities), np.array(weights))


def draw_loans(scores: st.SearchStrategy[float] = SCORES) -> st.SearchStrategy[DrawnLoans]:
    """Draw loans, at least one of them with a positive weight."""
    row = st.tuples(st.integers(0, 1), scores, st.integers(0, 3))
    return (
        st.lists(row, min_size=1, max_size=40)
        .map(_to_arrays)
        .filter(lambda loans: loans.weights.any())
    )


def draw_loans_of_both_classes() -> st.SearchStrategy[DrawnLoans]:
    return draw_loans().filter(lambda loans: loans.n_defaults > 0 and loans.n_paid > 0)
