"""Samples of persons, and the bounds they give."""

import numpy as np
import pytest

from shared.release.evaluation import Measured
from training.evaluation.bootstrap import bound, draw_persons

NAN = float("nan")


def test_every_sample_has_as_many_persons_as_there_are() -> None:
    samples = list(draw_persons(50, rounds=20, seed=1))

    assert len(samples) == 20
    assert all(sample.sum() == len(sample) == 50 for sample in samples)
    assert len({tuple(sample) for sample in samples}) == 20


@pytest.mark.parametrize("n_persons", [0, 1])
def test_nobody_and_one_alone_make_no_sample(n_persons: int) -> None:
    assert list(draw_persons(n_persons, rounds=20, seed=1)) == []


def test_bounds_leave_a_fortieth_on_either_side() -> None:
    bounds = bound(0.5, np.linspace(0, 1, 41).tolist())

    assert (bounds.value, bounds.low, bounds.high) == pytest.approx((0.5, 1 / 40, 39 / 40))


def test_half_of_the_samples_must_tell() -> None:
    assert bound(0.5, [0.4, NAN]) == Measured(0.5, 0.4, 0.4)
    assert bound(0.5, [0.4, NAN, NAN]) == Measured(0.5)
    assert bound(0.5, []) == Measured(0.5)
    assert bound(NAN, [0.4, 0.6]) == Measured(None)
