"""Features engineered in batches, against those of the whole file."""

import pandas as pd
import pytest

import training.features.engineering
from shared.release.features import LOAN, USER
from tests.support.datasets import LAG_DAYS, widen
from tests.support.portable_features.definitions import (
    loan_features,
    loan_histories,
    user_features,
)
from tests.support.portfolios import AS_OF, make_loans, make_portfolio
from training.features.engineering import engineer_features


@pytest.mark.parametrize("batch_loans", [1, 7, 100, 10_000])
def test_batches_give_the_features_of_the_whole_file(
    batch_loans: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training.features.engineering, "_BATCH_LOANS", batch_loans)
    raw = make_portfolio(n_users=40)
    histories = loan_histories(raw, LAG_DAYS)

    engineered = engineer_features(raw, AS_OF, LAG_DAYS)

    pd.testing.assert_frame_equal(
        widen(engineered.loans), loan_features(histories).reset_index(drop=True)
    )
    pd.testing.assert_frame_equal(
        engineered.users, user_features(histories, AS_OF, LAG_DAYS).reset_index(drop=True)
    )


@pytest.mark.parametrize("batch_loans", [1, 10_000])
def test_the_applicants_are_the_users_most_recent_raw_loans(
    batch_loans: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training.features.engineering, "_BATCH_LOANS", batch_loans)
    raw = make_loans(
        {"id": 8, "loan_id": 1, "loan_date": "2020-02-01", "name_housing_type": "With parents"},
        {"id": 7, "loan_id": 5, "loan_date": "2020-01-01"},
        {"id": 8, "loan_id": 3, "loan_date": "2020-03-01", "name_housing_type": "Co-op apartment"},
        {"id": 8, "loan_id": 2, "loan_date": "2020-03-01", "name_housing_type": "With parents"},
        {"id": 7, "loan_id": 4, "loan_date": "2020-01-02"},
    )

    applicants = engineer_features(raw, AS_OF, LAG_DAYS).applicants

    assert applicants[[USER, LOAN]].to_numpy().tolist() == [[7, 4], [8, 3]]
    assert applicants["name_housing_type"].tolist() == ["House / apartment", "Co-op apartment"]
    assert list(applicants.columns) == list(raw.columns)
