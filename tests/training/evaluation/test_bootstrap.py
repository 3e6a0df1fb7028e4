"""Bootstrap samples of persons, and the intervals from them."""

import numpy as np
import pytest

from shared.release.evaluation import Measured
from training.evaluation.bootstrap import bound, bound_each, draw_persons, resample_sums

NAN = float("nan")


def test_every_sample_is_as_large_as_the_population() -> None:
    samples = list(draw_persons(50, rounds=20, seed=1))

    assert len(samples) == 20
    assert all(sample.sum() == len(sample) == 50 for sample in samples)
    assert len({tuple(sample) for sample in samples}) == 20


@pytest.mark.parametrize("n_persons", [0, 1])
def test_fewer_than_two_persons_give_no_sample(n_persons: int) -> None:
    assert list(draw_persons(n_persons, rounds=20, seed=1)) == []


def test_sums_over_samples_are_those_of_samples_drawn_one_by_one() -> None:
    counts = np.random.default_rng(3).poisson(2.0, size=(70, 6)).astype(np.float64)

    sums = resample_sums(counts, rounds=60, seed=1)

    assert sums.tolist() == [(one @ counts).tolist() for one in draw_persons(70, 60, seed=1)]
    assert resample_sums(counts[:1], rounds=60, seed=1).shape == (0, 6)


def test_the_interval_covers_95_percent_of_the_samples() -> None:
    bounds = bound(0.5, np.linspace(0, 1, 41).tolist())

    assert (bounds.value, bounds.low, bounds.high) == pytest.approx((0.5, 1 / 40, 39 / 40))


def test_an_interval_needs_a_value_in_half_of_the_samples() -> None:
    assert bound(0.5, [0.4, NAN]) == Measured(0.5, 0.4, 0.4)
    assert bound(0.5, [0.4, NAN, NAN]) == Measured(0.5)
    assert bound(0.5, []) == Measured(0.5)
    assert bound(NAN, [0.4, 0.6]) == Measured(None)


def test_metrics_bounded_together_have_the_bounds_of_each() -> None:
    draw = np.random.default_rng(2)
    resampled = draw.random((41, 4))
    resampled[:5, 1], resampled[:30, 2] = NAN, NAN
    values = np.array([0.5, 0.5, 0.5, NAN])

    assert bound_each(values, resampled) == [
        bound(value, column) for value, column in zip(values, resampled.T, strict=True)
    ]
    assert bound_each(values[:1], np.empty((0, 1))) == [Measured(0.5)]
