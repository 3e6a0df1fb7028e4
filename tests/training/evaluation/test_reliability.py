"""Predicted against observed rates, band by band."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple
from scipy.stats import binomtest

from shared.release.evaluation import Band
from tests.support.scored_loans import DrawnLoans, draw_loans
from training.evaluation.reliability import (
    N_BANDS,
    describe_reliability,
    find_wilson_interval,
)
from training.evaluation.score_counts import ScoredLoans


def _describe(status: object, probabilities: object, persons: object) -> list[Band]:
    loans = ScoredLoans.sort(np.asarray(status), np.asarray(probabilities))
    return describe_reliability(loans, np.asarray(persons))


def test_distinct_scores_make_bands_of_equal_count() -> None:
    probabilities = np.arange(1, 41) / 100
    status = np.arange(40) % 4 == 3

    bands = _describe(status, probabilities, np.arange(40))

    assert [band.n for band in bands] == [4] * N_BANDS
    assert [band.observed for band in bands] == [0.25] * N_BANDS
    assert bands[0].mean_predicted == pytest.approx(0.025)


@given(draw_loans())
def test_bands_hold_every_loan_once_whatever_the_order(drawn: DrawnLoans) -> None:
    status, probabilities, _ = drawn
    persons = np.arange(len(status)) // 2

    bands = _describe(status, probabilities, persons)
    turned = _describe(status[::-1], probabilities[::-1], persons[::-1])

    predicted = [band.mean_predicted for band in bands]
    assert sum(band.n for band in bands) == len(status)
    assert sum(band.n * band.observed for band in bands) == pytest.approx(status.sum())
    assert predicted == sorted(predicted)
    assert len(bands) <= N_BANDS
    assert all(band.low <= band.observed <= band.high for band in bands)
    for band, other in zip(bands, turned, strict=True):
        assert astuple(band) == pytest.approx(astuple(other))


def test_a_constant_score_is_one_band() -> None:
    (band,) = _describe([0, 1, 0, 0], [0.2] * 4, [0, 1, 2, 3])

    assert (band.n, band.observed) == (4, 0.25)


def test_without_loans_there_is_no_band() -> None:
    assert _describe(np.array([], dtype=int), [], np.array([], dtype=int)) == []


@given(st.integers(1, 500), st.floats(0, 1))
def test_the_interval_is_wilsons(n_trials: int, part: float) -> None:
    n_found = round(part * n_trials)

    interval = find_wilson_interval(n_found / n_trials, n_trials)

    expected = binomtest(n_found, n_trials).proportion_ci(0.95, method="wilson")
    assert interval == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_loans_that_share_their_persons_fate_count_as_one() -> None:
    status = np.repeat([1, 0, 0, 0], 25)

    (together,) = _describe(status, np.full(100, 0.2), np.repeat(np.arange(4), 25))
    (apart,) = _describe(status, np.full(100, 0.2), np.arange(100))

    assert (together.low, together.high) == pytest.approx(find_wilson_interval(0.25, 4))
    assert (apart.low, apart.high) == pytest.approx(find_wilson_interval(0.25, 100))


def test_a_band_without_a_default_is_as_sure_as_its_persons_are_many() -> None:
    (band,) = _describe([0] * 60, np.full(60, 0.01), np.arange(60) % 20)

    assert (band.low, band.high) == pytest.approx(find_wilson_interval(0, 20))
    assert band.high > 0.1
