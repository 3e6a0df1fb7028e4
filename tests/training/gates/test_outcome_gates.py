"""The outcome gates: coverage and default rate by month, and outcomes that changed."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from shared.release.facts import Gate
from tests.support.portfolios import make_portfolio
from training.dataset.dataset import Dataset
from training.evaluation.months import LoanMonths
from training.features.engineering import engineer_features
from training.gates.champion import KnownLoans
from training.gates.outcomes import (
    judge_changed_outcomes,
    judge_coverage,
    judge_monthly_rates,
    judge_moved_rate,
)

AS_OF = date(2021, 4, 30)
LOANS = make_portfolio(n_users=400)
RECENT = LOANS["loan_date"] >= "2020-09-01"


def count(loans: pd.DataFrame) -> LoanMonths:
    dataset = Dataset.from_features(engineer_features(loans, AS_OF, 90), AS_OF, 90)
    return LoanMonths.count(dataset, AS_OF, 90)


def with_status(change: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    return LOANS.assign(status=change(LOANS["status"]))


def test_months_count_what_is_due_known_and_not_paid() -> None:
    months = count(with_status(lambda status: status.mask(RECENT & (LOANS.index % 2 == 0))))

    described = {month.month: month for month in months.describe()}

    in_december = LOANS[LOANS["loan_date"].dt.strftime("%Y-%m") == "2020-12"]
    december = described["2020-12"]
    assert december.loans == december.settled == len(in_december)
    assert december.known == (in_december.index % 2 == 1).sum()
    assert december.defaults == in_december[in_december.index % 2 == 1]["status"].sum()
    assert sum(month.loans for month in described.values()) == len(LOANS)


def test_a_sound_file_passes() -> None:
    months = count(LOANS)

    assert judge_coverage(months).verdict == "passed"
    assert judge_monthly_rates(months).verdict != "stopped"


def test_outcomes_that_are_not_due_are_not_missed() -> None:
    months = count(with_status(lambda status: status.mask(LOANS["loan_date"] > "2021-01-30")))

    assert judge_coverage(months).verdict == "passed"


def test_blanks_after_the_lag_are_stopped() -> None:
    gate = judge_coverage(count(with_status(lambda status: status.mask(RECENT))))

    assert gate.verdict == "stopped"


def test_goods_not_reported_while_bads_are_are_stopped() -> None:
    months = count(with_status(lambda status: status.mask(RECENT & (status == 0))))

    assert judge_coverage(months).verdict == "stopped"
    assert judge_monthly_rates(months).verdict == "stopped"


def test_a_cliff_of_zeros_after_a_day_is_stopped() -> None:
    gate = judge_monthly_rates(count(with_status(lambda status: status.where(~RECENT, 0.0))))

    assert (gate.measured, gate.verdict) == (0.0, "stopped")


def test_sound_files_of_any_size_are_not_stopped() -> None:
    gates = [
        judge_monthly_rates(count(make_portfolio(n_users=n, seed=seed)))
        for n in (10, 50)
        for seed in range(20)
    ]

    assert [gate.verdict for gate in gates].count("stopped") <= 1


def test_too_short_a_file_warns() -> None:
    months = count(LOANS[LOANS["loan_date"] < "2019-03-01"])

    assert judge_coverage(months).verdict == "warned"
    assert judge_monthly_rates(months).verdict == "warned"


def test_a_rate_that_moved_in_the_champions_months_is_stopped() -> None:
    champion = count(LOANS).describe()
    draw = np.random.default_rng(0).random(len(LOANS)) < 0.6
    lost = count(with_status(lambda status: status.mask(draw & (status == 1), 0.0)))

    (same,) = judge_moved_rate(count(LOANS), champion)
    (moved,) = judge_moved_rate(lost, champion)

    assert same.measured == pytest.approx(1.0)
    assert same.verdict == "passed"
    assert moved.verdict == "stopped"


def test_a_champion_without_months_warns() -> None:
    (gate,) = judge_moved_rate(count(LOANS), [])

    assert gate.verdict == "warned"


def change(known: list[float], now: list[float]) -> dict[str, Gate]:
    ids = np.arange(len(known))
    champion = KnownLoans(
        ids, ids, np.full(len(ids), "2020-01-01", "datetime64[D]"), np.array(known)
    )
    # The file has the loans in another order, and more of them.
    loans = np.concatenate([ids[::-1], [900]])
    status = np.array([*now[::-1], 1.0])
    return {gate.name: gate for gate in judge_changed_outcomes(champion, loans, status)}


def test_outcomes_are_compared_loan_by_loan() -> None:
    known = [1.0] * 40 + [0.0] * 1000 + [np.nan] * 50

    same = change(known, [1.0] * 40 + [0.0] * 1000 + [1.0] * 50)
    lost = change(known, [1.0] * 20 + [0.0] * 20 + [0.0] * 1000 + [0.0] * 50)
    blank = change(known, [1.0] * 40 + [np.nan] * 300 + [0.0] * 700 + [0.0] * 50)

    assert {gate.verdict for gate in same.values()} == {"passed"}
    assert (lost["defaults_kept"].measured, lost["defaults_kept"].verdict) == (0.5, "stopped")
    assert lost["payments_kept"].verdict == "passed"
    assert blank["payments_kept"].verdict == "stopped"


def test_a_handful_of_corrections_warns() -> None:
    gates = change([1.0] * 8 + [0.0] * 100, [1.0] * 4 + [0.0] * 4 + [0.0] * 100)

    assert gates["defaults_kept"].verdict == "warned"


def test_outcomes_are_compared_by_ids_too_long_for_a_double() -> None:
    first = 2**60
    ids = LOANS["loan_id"].to_numpy() + first
    loans = LOANS.assign(loan_id=ids, status=0.0)
    dataset = Dataset.from_features(engineer_features(loans, AS_OF, 90), AS_OF, 90)
    days = loans["loan_date"].to_numpy().astype("datetime64[D]")
    known = KnownLoans(ids, loans["id"].to_numpy(), days, np.ones(len(ids)))

    status = dataset.loans["status"].to_numpy(np.float64)
    kept, _ = judge_changed_outcomes(known, dataset.loans["loan_id"].to_numpy(), status)

    assert kept.detail.startswith(f"Of {len(ids):,} loans")
    assert kept.verdict == "stopped"
