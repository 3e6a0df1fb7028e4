"""How scores rank, against scikit-learn and by hand."""

import numpy as np
import pytest
from hypothesis import given
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from shared.release.evaluation import PrecisionRecallCurve, RocCurve
from tests.support.scored_loans import DrawnLoans, draw_loans, draw_loans_of_both_classes
from training.evaluation.discrimination import (
    MAX_CURVE_POINTS,
    measure_ranking,
    trace_precision_recall,
    trace_roc,
)
from training.evaluation.score_counts import ScoreCounts, ScoredLoans


@given(draw_loans_of_both_classes())
def test_ranking_is_scikit_learns(drawn: DrawnLoans) -> None:
    status, probabilities, weights = drawn

    measured = measure_ranking(drawn.counts())

    auc = roc_auc_score(status, probabilities, sample_weight=weights)
    precision = average_precision_score(status, probabilities, sample_weight=weights)
    assert measured["roc_auc"] == pytest.approx(auc)
    assert measured["gini"] == pytest.approx(2 * auc - 1)
    assert measured["average_precision"] == pytest.approx(precision)


@given(draw_loans_of_both_classes())
def test_ks_is_the_distance_of_the_two_samples(drawn: DrawnLoans) -> None:
    status, probabilities = (np.repeat(column, drawn.weights) for column in drawn[:2])

    ks = measure_ranking(drawn.counts())["ks"]

    paid, defaults = probabilities[status == 0], probabilities[status == 1]
    distances = [abs(np.mean(paid <= p) - np.mean(defaults <= p)) for p in probabilities]
    assert ks == pytest.approx(max(distances))


def test_a_constant_score_ranks_as_chance_does() -> None:
    measured = measure_ranking(ScoredLoans.sort([0, 0, 0, 1], [0.3] * 4).count())

    assert measured == {"roc_auc": 0.5, "gini": 0.0, "ks": 0.0, "average_precision": 0.25}


@pytest.mark.parametrize("status", [[], [0, 0], [1, 1]])
def test_one_class_alone_has_no_ranking(status: list[int]) -> None:
    counts = ScoredLoans.sort(np.array(status, dtype=int), [0.2, 0.3][: len(status)]).count()

    assert np.isnan(list(measure_ranking(counts).values())).all()
    assert trace_roc(counts) == RocCurve([], [])
    assert trace_precision_recall(counts) == PrecisionRecallCurve([], [])


@given(draw_loans_of_both_classes())
def test_the_roc_curve_has_scikit_learns_points(drawn: DrawnLoans) -> None:
    status, probabilities, weights = drawn

    curve = trace_roc(drawn.counts())

    false_positives, true_positives, _ = roc_curve(
        status, probabilities, sample_weight=weights, drop_intermediate=False
    )
    traced = zip(curve.false_positive_rate, curve.true_positive_rate, strict=True)
    expected = set(zip(false_positives.round(9), true_positives.round(9), strict=True))
    assert {(round(x, 9), round(y, 9)) for x, y in traced} == expected


@given(draw_loans())
def test_the_precision_recall_curve_has_points_of_scikit_learns(drawn: DrawnLoans) -> None:
    status, probabilities, weights = (column[drawn.weights > 0] for column in drawn)

    curve = trace_precision_recall(drawn.counts())

    if not curve.recall:
        assert not (drawn.n_defaults and drawn.n_paid)
        return
    precisions, recalls, _ = precision_recall_curve(status, probabilities, sample_weight=weights)
    traced = zip(curve.recall, curve.precision, strict=True)
    expected = set(zip(recalls.round(9), precisions.round(9), strict=True))
    assert {(round(x, 9), round(y, 9)) for x, y in traced} <= expected
    assert curve.recall == sorted(set(curve.recall))
    assert curve.recall[-1] == pytest.approx(1)


def test_long_curves_are_thinned_but_keep_their_ends_and_their_shape() -> None:
    counts = _many_scores()

    roc, precision_recall = trace_roc(counts), trace_precision_recall(counts)

    assert len(roc.false_positive_rate) == len(roc.true_positive_rate) <= MAX_CURVE_POINTS
    assert len(precision_recall.recall) == len(precision_recall.precision)
    assert MAX_CURVE_POINTS / 2 < len(precision_recall.recall) <= MAX_CURVE_POINTS
    assert (roc.false_positive_rate[0], roc.true_positive_rate[0]) == (0, 0)
    assert (roc.false_positive_rate[-1], roc.true_positive_rate[-1]) == (1, 1)
    area = np.trapezoid(roc.true_positive_rate, roc.false_positive_rate)
    assert area == pytest.approx(measure_ranking(counts)["roc_auc"], abs=0.002)


def _many_scores() -> ScoreCounts:
    draw = np.random.default_rng(1)
    probabilities = draw.beta(1, 9, size=9000)
    return ScoredLoans.sort(draw.random(9000) < probabilities, probabilities).count()
