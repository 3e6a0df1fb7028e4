"""The applicant's own record: known outcomes, on the loan's day and as served."""

from datetime import date

import narwhals.stable.v2 as nw
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.release.features import (
    MODEL_FEATURES,
    complete_features,
    smooth_unpaid_rate,
)
from tests.support.datasets import LAG_DAYS
from tests.support.portfolios import AS_OF, make_loans
from training.features.engineering import engineer_features


def test_a_loan_with_an_unknown_outcome_counts_as_a_loan() -> None:
    loans = make_loans(
        {"loan_id": 1, "status": None, "loan_amount": 110.0},
        {"loan_id": 2, "loan_date": date(2020, 5, 1)},
    )

    users = engineer_features(loans, AS_OF, LAG_DAYS).users

    assert users["nb_previous_loans"].tolist() == [1.0]
    assert users["avg_amount_loans_previous"].tolist() == [110.0]


@pytest.mark.parametrize(("day", "unpaid"), [(date(2020, 3, 30), 0.0), (date(2020, 3, 31), 1.0)])
def test_an_outcome_counts_from_the_date_on_which_it_is_known(day: date, unpaid: float) -> None:
    loans = make_loans(
        {"loan_id": 1, "status": 1.0, "loan_date": date(2020, 1, 1)},
        {"loan_id": 2, "status": 0.0, "loan_date": day},
    )

    features = engineer_features(loans, AS_OF, LAG_DAYS).loans

    assert features["nb_previous_unpaid"].tolist() == [0.0, unpaid]


@pytest.mark.parametrize(
    ("day", "unpaid"), [(date(2021, 12, 8), 1.0), (date(2021, 12, 9), 0.0), (AS_OF, 0.0)]
)
def test_a_served_users_record_counts_the_latest_loan_once_its_outcome_is_known(
    day: date, unpaid: float
) -> None:
    loans = make_loans(
        {"loan_id": 1, "loan_date": date(2020, 1, 1), "loan_amount": 110.0},
        {"loan_id": 2, "loan_date": day, "loan_amount": 500.0, "status": 1.0},
    )

    users = engineer_features(loans, AS_OF, LAG_DAYS).users

    (served,) = users[list(MODEL_FEATURES)].to_dict("records")
    assert served["nb_previous_unpaid"] == unpaid
    assert served["nb_known_outcomes"] == 1 + unpaid
    assert served["unpaid_rate"] == (unpaid + 0.03) / (3 + unpaid)
    assert (served["nb_previous_loans"], served["avg_amount_loans_previous"]) == (1.0, 110.0)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_an_applicants_rate_has_the_bits_of_the_tables(unpaid: int, paid: int) -> None:
    counts = {"nb_previous_unpaid": float(unpaid), "nb_known_outcomes": float(unpaid + paid)}
    table = nw.from_native(pd.DataFrame([counts]), eager_only=True)

    expression = smooth_unpaid_rate(nw.col("nb_previous_unpaid"), nw.col("nb_known_outcomes"))

    completed = complete_features(dict.fromkeys(MODEL_FEATURES, 0.0) | counts)
    assert completed["unpaid_rate"] == table.select(expression.alias("rate"))["rate"].item()


def test_a_rate_is_unknown_where_a_count_is() -> None:
    given_features: dict[str, float | None] = dict.fromkeys(MODEL_FEATURES, 0.0)

    for name in ("nb_previous_unpaid", "nb_known_outcomes"):
        assert complete_features(given_features | {name: None})["unpaid_rate"] is None
