"""The anchor and the trend, carried along from release to release."""

import numpy as np
from msgspec.structs import replace

from shared.release.drift import Drift, TrendPoint
from tests.support.release_facts import make_manifest
from training.evaluation.anchor import MAX_TREND, carry_anchor, compare_spreads
from training.evaluation.drift import describe_distribution


def ages(mean: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.random.default_rng(0).normal(mean, 10, size=5000)


def test_the_first_release_is_the_anchor_of_all_later_ones() -> None:
    first = make_manifest(
        "first", anchor=None, distributions={"age": describe_distribution(ages(40))}
    )

    second = carry_anchor(first, {"age": ages(43)})
    manifest = make_manifest(
        "second", anchor=second, distributions={"age": describe_distribution(ages(43))}
    )
    third = carry_anchor(manifest, {"age": ages(50)})

    assert (second.version, third.version) == ("first", "first")
    assert third.distributions == first.distributions
    assert 0.01 < (second.drift["age"] or 0) < 0.2
    assert (third.drift["age"] or 0) > 0.5


def test_a_release_that_a_person_names_is_the_anchor_from_then_on() -> None:
    distributions = {"age": describe_distribution(ages(40))}
    champion = make_manifest("second", anchor=None, distributions=distributions)
    named = make_manifest("named", distributions={"age": describe_distribution(ages(50))})

    anchor = carry_anchor(champion, {"age": ages(50)}, named)
    later = make_manifest("third", anchor=anchor, distributions=distributions)

    assert anchor.version == carry_anchor(later, {"age": ages(50)}).version == "named"
    assert anchor.drift == {"age": 0.0}
    assert anchor.trend[-1].version == "second"


def test_the_trend_lists_the_latest_releases_oldest_first() -> None:
    manifest = make_manifest("v0", anchor=None)
    for number in range(1, 20):
        anchor = carry_anchor(manifest, {})
        drift = Drift(champion=manifest.version, score=number / 100, features={})
        manifest = replace(manifest, version=f"v{number}", anchor=anchor, drift=drift)

    trend = carry_anchor(manifest, {}).trend

    assert len(trend) == MAX_TREND
    assert trend[-1] == TrendPoint("v19", manifest.as_of, 0.19)
    assert [point.version for point in trend] == [f"v{number}" for number in range(8, 20)]


def test_spreads_count_values_in_the_bins_that_were_written_down() -> None:
    distribution = describe_distribution([0.0, 0.0, 1.0, np.nan])

    spread = compare_spreads({"flag": distribution}, {"flag": np.array([1.0, 1.0, np.nan])})["flag"]

    assert spread.expected == [*distribution.shares, 0.25]
    assert spread.actual[-1] == 1 / 3
    assert sum(spread.actual) == 1
    assert spread.actual[int(np.argmax(spread.expected))] == 0
