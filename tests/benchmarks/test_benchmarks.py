"""The benchmark's comparisons and tables, and the reference's recipe."""

import asyncio

import pandas as pd
import pytest

from benchmarks.comparisons import at_most_times, format_table, less_is_better, more_is_better
from benchmarks.constant_functions import (
    CALL_TARGETS,
    compare_percentile,
    compare_rates,
    interleave,
)
from benchmarks.first_what_if import look_up_during
from benchmarks.load import Load, parse_wrk_report
from benchmarks.percentiles import describe_microseconds
from benchmarks.reference.recipe import engineer
from tests.support.portfolios import AS_OF, make_portfolio
from training.features.engineering import engineer_features

REPORT = """
Running 5s test @ http://127.0.0.1:7071/
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.02ms  211.00us   3.00ms   70.00%
  Latency Distribution
     50%  980.00us
     75%    1.10ms
     90%    1.30ms
     99%    1.20s
  1000 requests in 5.00s, 1.00MB read
Requests/sec:   1234.56
"""


def test_a_load_report_is_parsed_in_milliseconds() -> None:
    assert parse_wrk_report(REPORT) == Load(1234.56, 0.98, 1200.0)


def test_a_load_with_errors_is_rejected() -> None:
    with pytest.raises(RuntimeError, match="Expected only 2xx responses"):
        parse_wrk_report(REPORT + "  Non-2xx or 3xx responses: 7\n")


def test_output_that_is_not_a_report_is_rejected() -> None:
    with pytest.raises(RuntimeError, match="Expected a report"):
        parse_wrk_report("unable to connect")


def test_ratios_express_how_much_better_ours_is() -> None:
    assert less_is_better("m", 10.0, 2.0, "s").ratio == 5.0
    assert more_is_better("m", 10.0, 20.0, "/s").ratio == 2.0
    assert at_most_times("m", 10.0, 12.0, "s", 1.25).ratio == 1.2


def test_a_target_is_a_lower_or_an_upper_bound() -> None:
    assert less_is_better("m", 6.0, 1.0, "s", target=6).is_met
    assert not less_is_better("m", 5.9, 1.0, "s", target=6).is_met
    assert at_most_times("m", 1.0, 1.25, "s", 1.25).is_met
    assert not at_most_times("m", 1.0, 1.3, "s", 1.25).is_met
    assert less_is_better("m", 1.0, 9.0, "s").is_met


def test_a_missed_target_is_marked_in_the_table() -> None:
    comparisons = [
        less_is_better("read", 12.0, 3.0, "s", target=6),
        more_is_better("rate", 1, 250, "/s"),
    ]

    table = format_table("The pipeline", "reference", comparisons)

    assert "| read | 12.0 s | 3.00 s | 4.00 | at least 6: **missed** |" in table
    assert "| rate | 1.00 /s | 250 /s | 250.00 |  |" in table


def test_measurements_are_interleaved() -> None:
    called: list[str] = []

    def record(name: str) -> int:
        called.append(name)
        return len(called)

    taken = interleave({"a": lambda: record("a"), "b": lambda: record("b")}, 2)

    assert called == ["a", "b", "a", "b"]
    assert taken == {"a": [1, 3], "b": [2, 4]}


def test_targets_are_relative_to_the_plain_constant_only() -> None:
    calls = {
        "constante": 5.0,
        "constante_en_hilo": 10.0,
        "caracteristicasriesgo": 25.0,
        "prediccion": 20.0,
    }
    rates = {"bare": 9.0, "constante": 12.0, "constante_en_hilo": 10.0} | dict.fromkeys(
        ("caracteristicasriesgo", "prediccion"), 6.0
    )

    in_process = compare_percentile("p50", calls, CALL_TARGETS["p50"])
    over_http = compare_rates(rates)

    assert [(one.ratio, one.target, one.is_met) for one in in_process] == [
        (5.0, None, True),
        (2.5, 2.0, False),
        (4.0, None, True),
        (2.0, 2.0, True),
    ]
    assert [(one.ratio, one.target, one.is_met) for one in over_http[:2]] == [
        (0.5, None, True),
        (0.6, 0.7, False),
    ]


def test_lookups_during_a_load_end_with_it() -> None:
    async def look_up_until_the_third_ends_the_load() -> list[float]:
        third = asyncio.Event()
        lookups = 0

        async def look_up() -> float:
            nonlocal lookups
            lookups += 1
            if lookups == 3:
                third.set()
            return float(lookups)

        return await look_up_during(third.wait, look_up)

    assert asyncio.run(look_up_until_the_third_ends_the_load()) == [1.0, 2.0, 3.0]


def test_percentiles_are_values_of_single_calls() -> None:
    percentiles = describe_microseconds([call / 1e6 for call in range(101)])

    assert percentiles == pytest.approx({"p50": 50.0, "p99": 99.0})


def test_the_reference_computes_our_features_where_it_has_no_defect() -> None:
    # Its ages are as of today and its ties are unordered: neither is compared.
    loans = make_portfolio(n_users=60).drop_duplicates(["id", "loan_date"])
    text = loans.astype({"birthday": str, "job_start_date": str, "loan_date": str})

    theirs = engineer(text).reset_index(drop=True)
    ours = engineer_features(loans, AS_OF, outcome_lag_days=90).loans

    columns = ["id", "nb_previous_loans", "avg_amount_loans_previous", "flag_own_car"]
    pd.testing.assert_frame_equal(theirs[columns], ours[columns], check_dtype=False)
