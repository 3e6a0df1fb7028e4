"""How measurements are taken in turn, compared in pairs, and judged."""

import pytest

from benchmarks.comparisons import (
    Comparison,
    at_most_times,
    exceeds_by,
    format_table,
    less_is_better,
    more_is_better,
)
from benchmarks.constant_functions import CALL_TARGETS, compare_percentile, compare_rates
from benchmarks.memory import kib_to_mb
from benchmarks.rounds import interleave
from benchmarks.spread import Spread

THREE_PAIRS = ([10.0, 30.0, 20.0], [1.0, 10.0, 4.0])
"""Of ratios 10, 3 and 5: neither that of the medians nor that of the fastest."""


def judge(comparison: Comparison) -> tuple[float, bool]:
    return comparison.ratio.median, comparison.is_met


def test_a_spread_is_the_median_with_the_extremes() -> None:
    assert Spread.of([5.0, 1.0, 2.0]) == Spread(2.0, 1.0, 5.0)
    assert Spread.of([4.0, 1.0]) == Spread(2.5, 1.0, 4.0)


def test_a_spread_is_written_with_its_extremes_where_there_are_several() -> None:
    assert f"{Spread.of([1.5, 1234.5, 20.04]):s}" == "20.0 s (1.50 to 1,234)"
    assert f"{Spread.of([0.05]):MB}" == "0.0500 MB"
    assert f"{Spread.of([2.0])}" == "2.00"


def test_ratios_express_how_much_better_ours_is() -> None:
    assert less_is_better("m", 10.0, 2.0, "s").ratio.median == 5.0
    assert more_is_better("m", 10.0, 20.0, "/s").ratio.median == 2.0
    assert at_most_times("m", 10.0, 12.0, "s").ratio.median == 1.2
    assert exceeds_by("m", 0.5, 0.75, "").ratio.median == 0.25


def test_the_ratio_is_taken_pair_by_pair() -> None:
    comparison = less_is_better("m", *THREE_PAIRS, "s")

    assert comparison.alternative == Spread(20.0, 10.0, 30.0)
    assert comparison.ours == Spread(4.0, 1.0, 10.0)
    assert comparison.ratio == Spread(5.0, 3.0, 10.0)


def test_a_limit_is_paired_with_every_measurement() -> None:
    comparison = at_most_times("m", 500.0, [250.0, 1000.0, 400.0], "MB", 1)

    assert comparison.alternative == Spread(500.0, 500.0, 500.0)
    assert comparison.ratio == Spread(0.8, 0.5, 2.0)
    assert comparison.is_met


def test_measurements_that_are_not_pairs_are_rejected() -> None:
    with pytest.raises(ValueError, match="zip"):
        less_is_better("m", [1.0, 2.0, 3.0], [1.0, 2.0], "s")


def test_a_target_is_a_lower_or_an_upper_bound_of_the_median_ratio() -> None:
    assert judge(less_is_better("m", *THREE_PAIRS, "s", 5.0)) == (5.0, True)
    assert judge(less_is_better("m", *THREE_PAIRS, "s", 5.1)) == (5.0, False)
    assert judge(at_most_times("m", [4.0, 4.0, 4.0], [4.0, 5.0, 9.0], "s", 1.25)) == (1.25, True)
    assert judge(at_most_times("m", [4.0, 4.0, 4.0], [4.0, 5.2, 9.0], "s", 1.25)) == (1.3, False)
    assert judge(less_is_better("m", 1.0, 10.0, "s")) == (0.1, True)


def test_a_missed_target_is_marked_in_the_table() -> None:
    comparisons = [
        less_is_better("read", [12.0, 16.0, 10.0], [3.0, 2.0, 5.0], "s", 6),
        more_is_better("rate", 1, 250, "/s"),
    ]

    table = format_table("reference", comparisons)

    assert table.startswith("| measure | reference | ours | ratio | target |\n")
    row = "| read | 12.0 s (10.0 to 16.0) | 3.00 s (2.00 to 5.00) | 4.00 (2.00 to 8.00) |"
    assert f"{row} at least 6: **missed** |" in table
    assert "| rate | 1.00 /s | 250 /s | 250 |  |" in table


def test_measurements_are_interleaved() -> None:
    called: list[str] = []

    def record(name: str) -> int:
        called.append(name)
        return len(called)

    taken = interleave({"a": lambda: record("a"), "b": lambda: record("b")}, 2)

    assert called == ["a", "b", "a", "b"]
    assert taken == {"a": [1, 3], "b": [2, 4]}


def test_a_round_that_fills_caches_is_dropped() -> None:
    turns = iter(range(6))
    measures = {"a": lambda: next(turns), "b": lambda: next(turns)}

    assert interleave(measures, 2, warm_up=True) == {"a": [2, 4], "b": [3, 5]}


def test_keyed_reads_are_held_against_the_constant_of_the_same_round() -> None:
    calls = {
        "constante": [10.0, 30.0, 10.0],
        "caracteristicasriesgo": [16.0, 30.0, 16.0],
        "prediccion": [14.0, 60.0, 15.0],
    }
    in_process = compare_percentile("p50", calls, CALL_TARGETS["p50"])
    over_http = compare_rates(calls)

    assert [(*judge(one), one.target) for one in in_process] == [
        (1.6, False, 1.5),
        (1.5, True, 1.5),
    ]
    assert [one.target for one in over_http] == [0.85, 0.85]
    assert over_http[0].ratio == Spread(1.6, 1.0, 1.6)


def test_a_mb_has_a_million_bytes() -> None:
    assert kib_to_mb(500_000) == 512.0
