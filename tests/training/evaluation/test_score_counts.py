"""Counts of loans by score."""

import numpy as np
import pytest
from hypothesis import given

from tests.support.scored_loans import DrawnLoans, draw_loans
from training.evaluation.discrimination import measure_ranking
from training.evaluation.score_counts import ScoredLoans


@given(draw_loans())
def test_counts_equal_those_of_a_loop(drawn: DrawnLoans) -> None:
    counts = drawn.counts()

    rows = list(zip(*(column.tolist() for column in drawn), strict=True))
    for score, paid, defaults in zip(counts.scores, counts.paid, counts.defaults, strict=True):
        assert paid == sum(weight for late, p, weight in rows if p == score and late == 0)
        assert defaults == sum(weight for late, p, weight in rows if p == score and late == 1)
    assert counts.scores.tolist() == sorted(set(drawn.probabilities))


def test_loans_counted_for_many_samples_are_those_counted_for_each() -> None:
    draw = np.random.default_rng(5)
    person = draw.integers(40, size=900)
    loans = ScoredLoans.sort(draw.integers(2, size=900), draw.random(900).round(2))
    samples = [draw.poisson(1.0, size=person.max() + 1) for _ in range(60)]

    counted = list(loans.count_samples(person, samples))

    alone = [loans.count(sample[person]) for sample in samples]
    assert all(counts.scores.tolist() == loans.scores.tolist() for counts in counted)
    paid = np.concatenate([counts.paid for counts in counted])
    assert paid.tolist() == [one.paid.tolist() for one in alone]
    defaults = np.concatenate([counts.defaults for counts in counted])
    assert defaults.tolist() == [one.defaults.tolist() for one in alone]


def test_without_weights_every_loan_counts_once() -> None:
    counts = ScoredLoans.sort([0, 1, 1], [0.5, 0.2, 0.5]).count()

    assert counts.scores.tolist() == [0.2, 0.5]
    assert counts.paid.tolist() == [0, 1]
    assert counts.defaults.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("status", "probability", "message"),
    [
        (2, 0.5, "expected 0 or 1, got 2"),
        (np.nan, 0.5, "expected 0 or 1, got nan"),
        (1, np.nan, "numbers from 0 to 1, got nan"),
        (1, 1.5, "numbers from 0 to 1, got 1.5"),
    ],
)
def test_an_invalid_outcome_or_probability_is_rejected(
    status: float, probability: float, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ScoredLoans.sort([0, status], [0.5, probability])


def test_merging_scores_keeps_outcomes_the_threshold_and_nearly_the_auc() -> None:
    draw = np.random.default_rng(0)
    probabilities = draw.beta(1, 20, 30_000)
    status = (draw.random(30_000) < probabilities).astype(int)
    loans = ScoredLoans.sort(status, probabilities)

    coarse = loans.coarsen(500, 0.05)

    assert len(coarse.scores) <= 501
    assert np.all(np.diff(coarse.scores) > 0)
    fine, merged = loans.count(), coarse.count()
    assert merged.loans[merged.scores >= 0.05].sum() == fine.loans[fine.scores >= 0.05].sum()
    assert merged.defaults @ merged.scores == pytest.approx(fine.defaults @ fine.scores, rel=0.01)
    aucs = [measure_ranking(counts)["roc_auc"] for counts in (fine, merged)]
    assert aucs[1] == pytest.approx(aucs[0], abs=1e-5)


def test_few_scores_are_not_merged() -> None:
    loans = ScoredLoans.sort([0, 1, 1], [0.1, 0.2, 0.2])

    assert loans.coarsen(2, 0.05) is loans
