"""Years on a job that started after the loan: a stand-in that tells nothing of the future."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.support.datasets import LAG_DAYS, make_dataset
from tests.support.paths import SAMPLE
from tests.support.portfolios import AS_OF, PENSIONER, make_loans
from training.dataset.job_years import fill_in_job_years, find_later_jobs
from training.features.engineering import EngineeredFeatures, engineer_features
from training.reading.raw_file import read_loans

AGE_30, AGE_31, AGE_50 = date(1990, 1, 1), date(1989, 1, 1), date(1970, 1, 1)
AFTER_THE_LOAN = date(2021, 5, 1)


def engineer(*people: tuple[date, date | None]) -> EngineeredFeatures:
    """Engineer a loan per person, granted on 2020-01-01 to a birthday and a job start."""
    loans: list[dict[str, Any]] = [
        {"id": user, "loan_id": user, "birthday": born, "job_start_date": start}
        for user, (born, start) in enumerate(people)
    ]
    return engineer_features(make_loans(*loans), AS_OF, LAG_DAYS)


def fill_in(features: EngineeredFeatures, *untrained: int) -> list[float]:
    training = ~features.loans["id"].isin(untrained).to_numpy()
    filled = fill_in_job_years(features.loans, features.users, training)
    years: list[float] = filled["years_on_the_job"].tolist()
    return years


def test_the_median_known_at_the_same_age_stands_in() -> None:
    features = engineer(
        (AGE_30, date(2018, 1, 1)),
        (AGE_30, date(2016, 1, 1)),
        (AGE_30, date(2010, 1, 1)),
        (AGE_31, date(2005, 1, 1)),
        (AGE_30, AFTER_THE_LOAN),
    )

    assert fill_in(features) == [2, 4, 10, 15, 4]


def test_an_age_without_known_years_gets_the_median_of_all() -> None:
    features = engineer(
        (AGE_30, date(2018, 1, 1)), (AGE_31, date(2010, 1, 1)), (AGE_50, AFTER_THE_LOAN)
    )

    assert fill_in(features) == [2, 10, 2]


def test_only_training_loans_give_the_median() -> None:
    features = engineer(
        (AGE_30, date(2018, 1, 1)), (AGE_30, date(2000, 1, 1)), (AGE_30, AFTER_THE_LOAN)
    )

    assert fill_in(features, 1, 2) == [2, 20, 2]


@pytest.mark.parametrize("start", [None, PENSIONER])
def test_no_job_start_on_file_stays_missing(start: date | None) -> None:
    features = engineer((AGE_30, date(2018, 1, 1)), (AGE_30, start))

    assert fill_in(features) == pytest.approx([2, np.nan], nan_ok=True)


def test_nothing_stands_in_where_nothing_is_known() -> None:
    features = engineer((AGE_30, AFTER_THE_LOAN), (AGE_30, PENSIONER))

    assert np.isnan(fill_in(features)).all()


def test_the_day_on_which_a_later_job_starts_changes_nothing() -> None:
    known = (AGE_30, date(2015, 1, 1))

    soon, late = (fill_in(engineer(known, (AGE_30, start))) for start in (date(2020, 1, 2), AS_OF))

    assert soon == late == [5, 5]


def test_missing_years_mean_the_same_in_training_and_serving() -> None:
    raw = read_loans(SAMPLE, AS_OF).loans.to_pandas(date_as_object=False)
    features = engineer_features(raw, AS_OF, LAG_DAYS)

    dataset = make_dataset(raw)

    users = features.users.set_index("id")["years_on_the_job"]
    employed = features.loans["id"].map(users.notna()).to_numpy()
    honest, filled = (
        one["years_on_the_job"].isna().to_numpy() for one in (features.loans, dataset.loans)
    )
    assert honest[employed].mean() > 0.2
    assert not filled[employed].any()
    assert filled[~employed].all()
    assert (honest & ~filled == find_later_jobs(features.loans, features.users)).all()
    pd.testing.assert_frame_equal(
        dataset.loans.drop(columns="years_on_the_job"),
        features.loans.drop(columns="years_on_the_job"),
        check_dtype=False,
    )
