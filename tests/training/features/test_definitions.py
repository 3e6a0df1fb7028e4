"""The features, against a slow and obvious implementation of their definition."""

from datetime import date, timedelta
from math import fsum
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings

from shared.release.features import (
    MODEL_FEATURES,
    REFERENCE_FEATURES,
)
from tests.support.datasets import LAG_DAYS
from tests.support.drawn_loans import LOANS_OF_USERS, number_loans
from tests.support.paths import SAMPLE
from tests.support.portfolios import AS_OF, PENSIONER, make_loans
from training.features.engineering import engineer_features
from training.reading.raw_file import read_loans


def completed_years(start: Any, end: date) -> float | None:
    if start is None or start > end:
        return None
    years = end.year - start.year
    return float(years - ((start.month, start.day) > (end.month, end.day)))


def compute_slowly(
    loans: list[dict[str, Any]], loan: dict[str, Any], day: date, served: bool = False
) -> list[Any]:
    order = (loan["loan_date"], loan["loan_id"])
    previous = [
        other["loan_amount"]
        for other in loans
        if other["id"] == loan["id"] and (other["loan_date"], other["loan_id"]) < order
    ]
    known_by = (AS_OF if served else loan["loan_date"]) - timedelta(days=LAG_DAYS)
    outcomes = [
        other["status"]
        for other in loans
        if other["id"] == loan["id"]
        and other["loan_date"] <= known_by
        and other["status"] is not None
    ]
    born = loan["birthday"]
    age = day.year - born.year - ((born.month, born.day) > (day.month, day.day))
    return [
        float(len(previous)),
        fsum(previous) / len(previous) if previous else None,
        float(age),
        completed_years(loan["job_start_date"], day),
        float(loan["flag_own_car"] == "Y"),
        sum(outcomes),
        len(outcomes),
        (sum(outcomes) + 0.03) / (len(outcomes) + 2),
    ]


def list_features(frame: pd.DataFrame) -> list[list[Any]]:
    table = frame[list(MODEL_FEATURES)].astype(object)
    rows: list[list[Any]] = table.where(table.notna(), None).to_numpy().tolist()
    return rows


def assert_close(found: list[Any], wanted: list[Any]) -> None:
    missing = [value is None for value in wanted]
    assert [value is None for value in found] == missing
    assert [value or 0.0 for value in found] == pytest.approx(
        [value or 0.0 for value in wanted], rel=1e-14
    )


@settings(max_examples=60)
@given(LOANS_OF_USERS)
def test_every_loans_features_match_the_oracle(drawn: list[dict[str, Any]]) -> None:
    loans = number_loans(drawn)

    features = engineer_features(make_loans(*loans), AS_OF, LAG_DAYS).loans

    ordered = sorted(loans, key=lambda loan: (loan["id"], loan["loan_date"], loan["loan_id"]))
    expected = [compute_slowly(loans, loan, loan["loan_date"]) for loan in ordered]
    assert features["loan_id"].tolist() == [loan["loan_id"] for loan in ordered]
    for found, wanted in zip(list_features(features), expected, strict=True):
        assert_close(found, wanted)


@settings(max_examples=60)
@given(LOANS_OF_USERS)
def test_every_users_features_match_the_oracle_on_the_as_of_date(
    drawn: list[dict[str, Any]],
) -> None:
    loans = number_loans(drawn)

    users = engineer_features(make_loans(*loans), AS_OF, LAG_DAYS).users

    latest = {
        loan["id"]: loan for loan in sorted(loans, key=lambda x: (x["loan_date"], x["loan_id"]))
    }
    assert users["id"].tolist() == sorted(latest)
    for user, found in zip(users["id"], list_features(users), strict=True):
        assert_close(found, compute_slowly(loans, latest[user], AS_OF, served=True))


def test_the_input_is_not_modified() -> None:
    loans = make_loans({"loan_id": 2}, {"loan_id": 1, "loan_amount": 150.0})
    before = loans.copy(deep=True)

    engineer_features(loans, AS_OF, LAG_DAYS)

    pd.testing.assert_frame_equal(loans, before)


def test_loans_of_one_date_are_ordered_by_loan_id() -> None:
    loans = make_loans(
        {"loan_id": 30, "loan_amount": 300.0},
        {"loan_id": 10, "loan_amount": 100.0},
        {"loan_id": 20, "loan_amount": 200.0},
    )

    features = engineer_features(loans, AS_OF, LAG_DAYS).loans

    assert features["loan_id"].tolist() == [10, 20, 30]
    assert features["nb_previous_loans"].tolist() == [0.0, 1.0, 2.0]
    assert features["avg_amount_loans_previous"].tolist()[1:] == [100.0, 150.0]


def test_a_single_loan_has_no_average() -> None:
    features = engineer_features(make_loans({}), AS_OF, LAG_DAYS).loans

    assert features["nb_previous_loans"].tolist() == [0.0]
    assert features["avg_amount_loans_previous"].isna().all()


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2019, 2, 28), 30.0),
        (date(2019, 3, 1), 31.0),
        (date(2020, 2, 28), 31.0),
        (date(2020, 2, 29), 32.0),
    ],
)
def test_a_person_born_on_a_leap_day_turns_a_year_older_on_1_march(day: date, age: float) -> None:
    loans = make_loans({"birthday": date(1988, 2, 29), "loan_date": day})

    assert engineer_features(loans, AS_OF, LAG_DAYS).loans["age"].tolist() == [age]


@pytest.mark.parametrize("start", [PENSIONER, date(2022, 3, 9), None])
def test_a_job_that_has_not_started_has_no_years(start: date | None) -> None:
    features = engineer_features(make_loans({"job_start_date": start}), AS_OF, LAG_DAYS)

    assert features.loans["years_on_the_job"].isna().all()
    assert features.users["years_on_the_job"].isna().all()


def test_a_job_that_starts_after_the_loan_counts_from_the_as_of_date_only() -> None:
    loans = make_loans({"job_start_date": date(2020, 1, 2)})

    features = engineer_features(loans, AS_OF, LAG_DAYS)

    assert features.loans["years_on_the_job"].isna().all()
    assert features.users["years_on_the_job"].tolist() == [2.0]


def test_the_documented_user_of_the_sample_has_the_documented_features() -> None:
    raw = read_loans(SAMPLE, AS_OF).loans.to_pandas(date_as_object=False)

    users = engineer_features(raw, AS_OF, LAG_DAYS).users.set_index("id")

    features = users.loc[[5008806], list(REFERENCE_FEATURES)].round(10).to_numpy()[0].tolist()
    assert features == [29.0, 136.4468640135, 59.0, 3.0, 1.0]
    assert (raw["id"] == 5008806).sum() == 30
