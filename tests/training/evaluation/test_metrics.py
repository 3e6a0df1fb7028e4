"""The metrics of a slice of loans, and their intervals."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple
from sklearn.metrics import precision_score, recall_score

from shared.release.evaluation import Measured, Slice
from tests.support.scored_loans import DrawnLoans, draw_loans
from training.evaluation.metrics import measure, measure_counts
from training.evaluation.score_counts import ScoredLoans

METRICS = [
    "roc_auc",
    "gini",
    "ks",
    "average_precision",
    "brier",
    "log_loss",
    "calibration_slope",
    "calibration_intercept",
    "precision",
    "recall",
    "approval_rate",
    "base_rate",
]
THRESHOLD = 1 / 21


def _measure_portfolio(loans_per_person: int, seed: int = 4) -> Slice:
    """Measure loans that all share their person's prediction and outcome."""
    draw = np.random.default_rng(seed)
    probabilities = draw.beta(1, 12, size=400)
    status = draw.random(400) < probabilities
    persons = np.repeat(np.arange(400), loans_per_person)
    return measure(status[persons], probabilities[persons], persons, THRESHOLD)


@given(draw_loans(), st.sampled_from([0.0, 0.02, THRESHOLD, 0.4, 1.0]))
def test_decision_metrics_equal_scikit_learns(drawn: DrawnLoans, threshold: float) -> None:
    status, probabilities, weights = drawn
    refused = (probabilities >= threshold).astype(int)

    measured = measure_counts(drawn.counts(), threshold)

    some = weights > 0
    nan, weighted = float("nan"), {"sample_weight": weights, "zero_division": np.nan}
    found = {
        "precision": precision_score(status, refused, **weighted) if refused[some].any() else nan,
        "recall": recall_score(status, refused, **weighted) if status[some].any() else nan,
        "approval_rate": np.average(1 - refused, weights=weights),
        "base_rate": np.average(status, weights=weights),
    }
    assert {name: measured[name] for name in found} == pytest.approx(found, nan_ok=True)


def test_a_slice_has_every_metric_and_survives_a_json_round_trip() -> None:
    measured = _measure_portfolio(loans_per_person=3)

    assert list(measured.metrics) == METRICS
    assert (measured.n_loans, measured.n_persons) == (1200, 400)
    assert msgspec.json.decode(msgspec.json.encode(measured), type=Slice) == measured


def test_a_metric_lies_inside_its_interval() -> None:
    metrics = _measure_portfolio(loans_per_person=1).metrics

    for bounds in metrics.values():
        assert bounds.value is not None
        assert bounds.low is not None
        assert bounds.high is not None
        assert bounds.low < bounds.value < bounds.high


def test_more_loans_of_the_same_persons_do_not_narrow_the_intervals() -> None:
    once = _measure_portfolio(loans_per_person=1).metrics
    often = _measure_portfolio(loans_per_person=7).metrics

    for name in METRICS:
        assert astuple(often[name]) == pytest.approx(astuple(once[name]))


def test_intervals_equal_those_of_explicitly_resampled_loans() -> None:
    draw = np.random.default_rng(8)
    persons = draw.integers(30, size=200)
    probabilities = draw.random(200).round(2)
    status = (draw.random(200) < probabilities).astype(int)

    measured = measure(status, probabilities, persons, 0.5, rounds=40, seed=11).metrics

    redraw = np.random.default_rng(11)
    rounds = []
    for _ in range(40):
        chosen = np.concatenate(
            [np.flatnonzero(persons == who) for who in redraw.integers(30, size=30)]
        )
        resampled = measure(status[chosen], probabilities[chosen], chosen, 0.5, rounds=0)
        rounds.append([resampled.metrics[name].value for name in METRICS])
    low, high = np.percentile(np.array(rounds, dtype=float), (2.5, 97.5), axis=0)
    assert [measured[name].low for name in METRICS] == pytest.approx(low, rel=1e-6)
    assert [measured[name].high for name in METRICS] == pytest.approx(high, rel=1e-6)


def test_the_same_seed_gives_the_same_slice_whatever_the_persons_names() -> None:
    status, probabilities, persons = [0, 1, 0, 1, 0], [0.1, 0.2, 0.3, 0.4, 0.1], [1, 2, 3, 4, 4]
    names = [f"person {number}" for number in persons]

    first = measure(status, probabilities, persons, THRESHOLD)
    other_seed = measure(status, probabilities, persons, THRESHOLD, seed=1)

    assert measure(status, probabilities, names, THRESHOLD) == first
    assert other_seed.metrics["brier"] != first.metrics["brier"]


@pytest.mark.parametrize("outcome", [0, 1])
def test_a_single_class_has_losses_and_rates_only(outcome: int) -> None:
    measured = measure([outcome] * 3, [0.1, 0.2, 0.3], [1, 2, 3], THRESHOLD)

    undefined = {name for name, bounds in measured.metrics.items() if bounds.value is None}
    ranking = {"roc_auc", "gini", "ks", "average_precision"}
    line = {"calibration_slope", "calibration_intercept"}
    assert undefined == ranking | line | (set() if outcome else {"recall"})
    assert measured.roc.true_positive_rate == []
    assert len(measured.reliability) == 3


def test_metrics_of_no_loans_are_undefined() -> None:
    measured = measure([], [], [], THRESHOLD)

    assert (measured.n_loans, measured.n_defaults, measured.n_persons) == (0, 0, 0)
    assert list(measured.metrics) == METRICS
    for bounds in measured.metrics.values():
        assert bounds == Measured(None)
    assert measured.reliability == []


def test_a_single_person_has_values_without_intervals() -> None:
    metrics = measure([0, 1, 0], [0.1, 0.2, 0.3], [5, 5, 5], THRESHOLD).metrics

    assert metrics["base_rate"] == Measured(1 / 3)


def test_a_metric_undefined_in_most_samples_has_no_interval() -> None:
    # The line is defined only in samples with both defaults.
    status = [1, 0, 1, 0]
    probabilities = [0.1, 0.2, 0.3, 0.4]

    slope = measure(status, probabilities, [1, 2, 3, 4], THRESHOLD).metrics["calibration_slope"]

    assert slope.value is not None
    assert (slope.low, slope.high) == (None, None)


@given(draw_loans(), st.integers(0, 9), st.sampled_from([(0.0, 1.0), (-0.5, 1.2), (30.0, -20.0)]))
def test_samples_measured_together_have_the_metrics_of_each(
    drawn: DrawnLoans, seed: int, start: tuple[float, float]
) -> None:
    loans = ScoredLoans.sort(drawn.status, drawn.probabilities)
    weights = np.random.default_rng(seed).poisson(0.7, size=(60, len(drawn.status)))

    together = [
        measure_counts(some, THRESHOLD, start)
        for some in loans.count_samples(np.arange(len(drawn.status)), weights)
    ]

    assert len(together) > 1
    alone = [measure_counts(loans.count(one), THRESHOLD, start) for one in weights]
    for name in METRICS:
        found = np.concatenate([some[name] for some in together])
        expected = np.array([one[name] for one in alone])
        tolerance = 1e-6 if name.startswith("calibration") else 1e-12
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)
