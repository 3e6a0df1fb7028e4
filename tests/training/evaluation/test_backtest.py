"""Backtesting a served model, on loans whose true risk is known."""

from datetime import date

import numpy as np
import pytest

from shared.release.backtest import BacktestMonth
from shared.release.evaluation import Measured
from shared.release.features import LOAN_DATE, STATUS
from tests.support.release_facts import make_manifest
from tests.support.served_loans import AS_OF, LAG, ToldModel, draw_dataset
from training.evaluation.backtest import MAX_MONTHS, ServedModel, backtest, continue_series


def served(as_of: str = "2021-05-31") -> ServedModel:
    return ServedModel(make_manifest("served", as_of=as_of, backtest=None), ToldModel())


def test_only_later_loans_with_an_outcome_that_is_due_are_counted() -> None:
    dataset = draw_dataset(seed=0)
    assert served().tested_until == date(2021, 3, 2)

    found = backtest(served(), dataset)

    days = dataset.loans[LOAN_DATE].to_numpy().astype("datetime64[D]")
    later = (days > np.datetime64("2021-03-02")) & (days + LAG <= AS_OF)
    assert found.loans.n_loans == later.sum()
    assert found.loans.n_defaults == dataset.loans[STATUS].to_numpy()[later].sum()
    assert found.predicted == pytest.approx(
        dataset.loans["avg_amount_loans_previous"].to_numpy()[later].mean()
    )
    assert found.ratio.value == pytest.approx(
        dataset.loans[STATUS].to_numpy()[later].mean() / (found.predicted or 1)
    )


def test_every_month_counts_its_own_loans() -> None:
    dataset = draw_dataset(seed=0)

    found = backtest(served(), dataset)

    assert [one.month for one in found.months] == [f"2021-{month:02}" for month in range(3, 11)]
    assert sum(one.n_loans for one in found.months) == found.loans.n_loans
    april = found.months[1]
    status = dataset.loans[STATUS][dataset.loans[LOAN_DATE].dt.strftime("%Y-%m") == "2021-04"]
    assert (april.n_loans, april.n_defaults) == (len(status), status.sum())
    assert april.observed.value == pytest.approx(status.mean())
    assert april.version == "served"


def test_before_any_outcome_is_due_there_is_nothing_to_tell() -> None:
    found = backtest(served(as_of="2021-12-31"), draw_dataset(seed=0))

    assert (found.loans.n_loans, found.predicted, found.months) == (0, None, [])
    assert found.ratio == Measured(None)


def test_the_series_goes_on_where_the_champion_left_it() -> None:
    first = backtest(served(), draw_dataset(seed=0))
    manifest = make_manifest("second", as_of="2021-08-31", backtest=first)

    second = backtest(ServedModel(manifest, ToldModel()), draw_dataset(seed=0))

    assert second.months[: len(first.months)] == first.months
    assert {one.version for one in second.months[len(first.months) :]} == {"second"}


def test_a_month_once_recorded_of_a_model_is_kept_and_the_series_ends_somewhere() -> None:
    def month(name: str, version: str, n_loans: int) -> BacktestMonth:
        return BacktestMonth(name, version, n_loans, 1, 0.1, Measured(0.1), Measured(0.8))

    kept = continue_series([month("2021-01", "a", 10)], [month("2021-01", "a", 99)])
    long = continue_series([month(str(n), "a", 1) for n in range(100)], [month("new", "b", 1)])

    assert [one.n_loans for one in kept] == [10]
    assert len(long) == MAX_MONTHS
    assert long[-1].month == "new"
