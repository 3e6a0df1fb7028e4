"""The facts of a slice of loans, and how wide their intervals are."""

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


def _measure_portfolio(loans_a_person: int, seed: int = 4) -> Slice:
    """Measure loans that share their person's prediction and fate."""
    draw = np.random.default_rng(seed)
    probabilities = draw.beta(1, 12, size=400)
    status = draw.random(400) < probabilities
    persons = np.repeat(np.arange(400), loans_a_person)
    return measure(status[persons], probabilities[persons], persons, THRESHOLD)


@given(draw_loans(), st.sampled_from([0.0, 0.02, THRESHOLD, 0.4, 1.0]))
def test_decisions_are_counted_as_scikit_learn_does(drawn: DrawnLoans, threshold: float) -> None:
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


def test_a_slice_has_every_fact_of_the_manifest_in_plain_numbers() -> None:
    measured = _measure_portfolio(loans_a_person=3)

    assert list(measured.metrics) == METRICS
    assert (measured.n_loans, measured.n_persons) == (1200, 400)
    assert msgspec.json.decode(msgspec.json.encode(measured), type=Slice) == measured


def test_a_metric_lies_within_its_interval() -> None:
    metrics = _measure_portfolio(loans_a_person=1).metrics

    for bounds in metrics.values():
        assert bounds.value is not None
        assert bounds.low is not None
        assert bounds.high is not None
        assert bounds.low < bounds.value < bounds.high


def test_more_loans_of_the_same_persons_make_nothing_surer() -> None:
    once = _measure_portfolio(loans_a_person=1).metrics
    often = _measure_portfolio(loans_a_person=7).metrics

    for name in METRICS:
        assert astuple(often[name]) == pytest.approx(astuple(once[name]))


def test_the_interval_is_that_of_loans_written_out_person_by_person() -> None:
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
        written_out = measure(status[chosen], probabilities[chosen], chosen, 0.5, rounds=0)
        rounds.append([written_out.metrics[name].value for name in METRICS])
    low, high = np.percentile(np.array(rounds, dtype=float), (2.5, 97.5), axis=0)
    assert [measured[name].low for name in METRICS] == pytest.approx(low, rel=1e-6)
    assert [measured[name].high for name in METRICS] == pytest.approx(high, rel=1e-6)


def test_the_same_seed_gives_the_same_slice_and_names_do_not_matter() -> None:
    status, probabilities, persons = [0, 1, 0, 1, 0], [0.1, 0.2, 0.3, 0.4, 0.1], [1, 2, 3, 4, 4]
    names = [f"person {number}" for number in persons]

    first = measure(status, probabilities, persons, THRESHOLD)
    other_seed = measure(status, probabilities, persons, THRESHOLD, seed=1)

    assert measure(status, probabilities, names, THRESHOLD) == first
    assert other_seed.metrics["brier"] != first.metrics["brier"]


@pytest.mark.parametrize("outcome", [0, 1])
def test_one_class_alone_tells_losses_and_rates_only(outcome: int) -> None:
    measured = measure([outcome] * 3, [0.1, 0.2, 0.3], [1, 2, 3], THRESHOLD)

    untold = {name for name, bounds in measured.metrics.items() if bounds.value is None}
    ranking = {"roc_auc", "gini", "ks", "average_precision"}
    line = {"calibration_slope", "calibration_intercept"}
    assert untold == ranking | line | (set() if outcome else {"recall"})
    assert measured.roc.true_positive_rate == []
    assert len(measured.reliability) == 3


def test_no_loans_tell_nothing() -> None:
    measured = measure([], [], [], THRESHOLD)

    assert (measured.n_loans, measured.n_defaults, measured.n_persons) == (0, 0, 0)
    assert list(measured.metrics) == METRICS
    for bounds in measured.metrics.values():
        assert bounds == Measured(None)
    assert measured.reliability == []


def test_one_person_tells_a_value_but_not_how_sure_it_is() -> None:
    metrics = measure([0, 1, 0], [0.1, 0.2, 0.3], [5, 5, 5], THRESHOLD).metrics

    assert metrics["base_rate"] == Measured(1 / 3)


def test_a_metric_that_most_rounds_cannot_tell_has_no_bounds() -> None:
    # Two lone defaults, of which both must be drawn for the line to be told.
    status = [1, 0, 1, 0]
    probabilities = [0.1, 0.2, 0.3, 0.4]

    slope = measure(status, probabilities, [1, 2, 3, 4], THRESHOLD).metrics["calibration_slope"]

    assert slope.value is not None
    assert (slope.low, slope.high) == (None, None)
