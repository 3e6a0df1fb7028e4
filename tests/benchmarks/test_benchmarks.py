"""What turns measurements into the benchmark's tables, and the recipe that ours is beside."""

import asyncio

import pandas as pd
import pytest

from benchmarks.constants import CALL_BARS, compare_calls_at, compare_rates, take_turns
from benchmarks.figures import at_most_times, less_is_better, more_is_better, write_table
from benchmarks.first_what_if import read_beside
from benchmarks.load import Load, read_wrk
from benchmarks.percentiles import describe_microseconds
from benchmarks.reference.recipe import engineer
from tests.support.portfolios import make_portfolio
from training.features.definitions import loan_features, loan_histories

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


def test_the_report_of_a_load_is_read_in_milliseconds() -> None:
    assert read_wrk(REPORT) == Load(1234.56, 0.98, 1200.0)


def test_a_load_that_met_errors_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="Expected every answer to be 2xx"):
        read_wrk(REPORT + "  Non-2xx or 3xx responses: 7\n")


def test_what_is_no_report_is_refused() -> None:
    with pytest.raises(RuntimeError, match="Expected a report"):
        read_wrk("unable to connect")


def test_ratios_say_how_much_better_ours_is() -> None:
    assert less_is_better("m", 10.0, 2.0, "s").ratio == 5.0
    assert more_is_better("m", 10.0, 20.0, "/s").ratio == 2.0
    assert at_most_times("m", 10.0, 12.0, "s", 1.25).ratio == 1.2


def test_a_bar_has_a_good_side() -> None:
    assert less_is_better("m", 6.0, 1.0, "s", bar=6).reached
    assert not less_is_better("m", 5.9, 1.0, "s", bar=6).reached
    assert at_most_times("m", 1.0, 1.25, "s", 1.25).reached
    assert not at_most_times("m", 1.0, 1.3, "s", 1.25).reached
    assert less_is_better("m", 1.0, 9.0, "s").reached


def test_a_missed_bar_stands_out_in_the_table() -> None:
    figures = [less_is_better("read", 12.0, 3.0, "s", bar=6), more_is_better("rate", 1, 250, "/s")]

    table = write_table("The pipeline", "reference", figures)

    assert "| read | 12.0 s | 3.00 s | 4.00 | at least 6: **missed** |" in table
    assert "| rate | 1.00 /s | 250 /s | 250.00 |  |" in table


def test_measures_take_turns() -> None:
    asked: list[str] = []

    def note(name: str) -> int:
        asked.append(name)
        return len(asked)

    taken = take_turns({"a": lambda: note("a"), "b": lambda: note("b")}, 2)

    assert asked == ["a", "b", "a", "b"]
    assert taken == {"a": [1, 3], "b": [2, 4]}


def test_the_bars_are_against_the_plain_constant_and_the_coroutine_is_told() -> None:
    calls = {
        "constante": 5.0,
        "constante_en_hilo": 10.0,
        "caracteristicasriesgo": 25.0,
        "prediccion": 20.0,
    }
    rates = {"bare": 9.0, "constante": 12.0, "constante_en_hilo": 10.0} | dict.fromkeys(
        ("caracteristicasriesgo", "prediccion"), 6.0
    )

    in_process = compare_calls_at("p50", calls, CALL_BARS["p50"])
    over_http = compare_rates(rates)

    assert [(one.ratio, one.bar, one.reached) for one in in_process] == [
        (5.0, None, True),
        (2.5, 2.0, False),
        (4.0, None, True),
        (2.0, 2.0, True),
    ]
    assert [(one.ratio, one.bar, one.reached) for one in over_http[:2]] == [
        (0.5, None, True),
        (0.6, 0.7, False),
    ]


def test_reads_beside_a_load_end_with_it() -> None:
    async def read_until_the_third_ends_the_load() -> list[float]:
        third = asyncio.Event()
        reads = 0

        async def read() -> float:
            nonlocal reads
            reads += 1
            if reads == 3:
                third.set()
            return float(reads)

        return await read_beside(third.wait, read)

    assert asyncio.run(read_until_the_third_ends_the_load()) == [1.0, 2.0, 3.0]


def test_percentiles_are_of_the_calls_themselves() -> None:
    told = describe_microseconds([call / 1e6 for call in range(101)])

    assert told == pytest.approx({"p50": 50.0, "p99": 99.0})


def test_the_reference_makes_the_features_that_ours_makes_where_it_has_no_defect() -> None:
    # Its ages are of today and its ties are in any order: neither is compared.
    loans = make_portfolio(n_users=60).drop_duplicates(["id", "loan_date"])
    text = loans.astype({"birthday": str, "job_start_date": str, "loan_date": str})

    theirs = engineer(text).reset_index(drop=True)
    ours = loan_features(loan_histories(loans, outcome_lag_days=90)).reset_index(drop=True)

    columns = ["id", "nb_previous_loans", "avg_amount_loans_previous", "flag_own_car"]
    pd.testing.assert_frame_equal(theirs[columns], ours[columns], check_dtype=False)
