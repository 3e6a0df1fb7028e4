"""Loads, timed calls, and the reference's recipe."""

import asyncio
import time

import pandas as pd
import pytest

from benchmarks.first_what_if import LOOKUP_SECONDS, look_up_during
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


def test_lookups_of_a_long_load_end_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.first_what_if.LOOKUP_SECONDS", 0.0)

    assert asyncio.run(look_up_until_the_third_ends_the_load()) == ([1.0, 2.0, 3.0], [])


def test_lookups_of_a_short_load_go_on_for_their_time() -> None:
    begun = time.perf_counter()

    during, after = asyncio.run(look_up_until_the_third_ends_the_load())

    assert time.perf_counter() - begun >= LOOKUP_SECONDS
    assert during == [1.0, 2.0, 3.0]
    assert after[0] == 4.0


async def look_up_until_the_third_ends_the_load() -> tuple[list[float], list[float]]:
    third = asyncio.Event()
    lookups = 0

    async def look_up() -> float:
        nonlocal lookups
        lookups += 1
        if lookups == 3:
            third.set()
        await asyncio.sleep(0.01)
        return float(lookups)

    return await look_up_during(third.wait, look_up)


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
