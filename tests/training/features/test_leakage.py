"""No outcome leaks into a loan's features, and none into the metrics."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.release.features import LOAN, LOAN_DATE, MODEL_FEATURES, STATUS, USER
from tests.support.datasets import LAG_DAYS, make_dataset
from tests.support.drawn_loans import LOANS_OF_USERS, number_loans
from tests.support.portfolios import AS_OF, make_loans, make_portfolio
from training.dataset.dataset import Dataset
from training.evaluation.candidate import train
from training.evaluation.evaluate import measure_slice
from training.features.engineering import engineer_features
from training.model.decision import DecisionRule
from training.release.training_table import write_training_table

RULE = DecisionRule(20.0)


def make_dataset_with(statuses: npt.NDArray[np.float64], loans: pd.DataFrame) -> Dataset:
    return make_dataset(loans.assign(status=statuses))


@pytest.fixture(scope="module")
def loans() -> pd.DataFrame:
    """Make loans of 900 users, every fifth of whom pays late more often than not."""
    loans = make_portfolio(n_users=900, seed=4)
    late = np.where(loans[USER] % 5 == 0, 0.6, 0.05)
    draw = np.random.default_rng(4)
    return loans.assign(status=(draw.random(len(loans)) < late).astype(float))


def test_shuffled_outcomes_cannot_be_predicted(loans: pd.DataFrame) -> None:
    shuffled = np.random.default_rng(5).permutation(loans[STATUS])
    dataset = make_dataset_with(shuffled, loans)

    test = measure_slice(train(dataset).model, RULE, dataset, dataset.split.unseen)

    auc = test.metrics["roc_auc"]
    assert auc.low is not None
    assert auc.high is not None
    assert test.n_defaults > 100
    assert auc.low < 0.5 < auc.high
    assert auc.high - auc.low < 0.2


def test_the_same_outcomes_unshuffled_can_be_predicted(loans: pd.DataFrame) -> None:
    dataset = make_dataset_with(loans[STATUS].to_numpy(), loans)

    test = measure_slice(train(dataset).model, RULE, dataset, dataset.split.unseen)

    auc_low = test.metrics["roc_auc"].low
    assert auc_low is not None
    assert auc_low > 0.6


def test_flipping_every_test_outcome_leaves_the_model_unchanged(loans: pd.DataFrame) -> None:
    original = make_dataset_with(loans[STATUS].to_numpy(), loans)
    tested = loans[LOAN].isin(original.loans.loc[original.split.unseen | original.split.seen, LOAN])
    flipped = make_dataset_with(np.where(tested, 1 - loans[STATUS], loans[STATUS]), loans)

    first, second = train(original).model, train(flipped).model

    rows = original.users[list(MODEL_FEATURES)]
    assert first.predict_proba(rows).tolist() == second.predict_proba(rows).tolist()


def test_no_person_is_both_trained_on_and_tested_as_unseen(loans: pd.DataFrame) -> None:
    dataset = make_dataset_with(loans[STATUS].to_numpy(), loans)
    split = dataset.split

    trained_on = set(dataset.persons[split.training | split.calibration])
    tested_on = set(dataset.persons[split.unseen])

    assert trained_on
    assert tested_on
    assert trained_on.isdisjoint(tested_on)


def test_no_loan_with_an_outcome_unknown_at_the_cut_off_is_trained_on(
    loans: pd.DataFrame,
) -> None:
    dataset = make_dataset_with(loans[STATUS].to_numpy(), loans)
    split = dataset.split

    days = dataset.loans.loc[split.training | split.calibration, LOAN_DATE]

    assert days.max() + pd.Timedelta(days=LAG_DAYS) <= pd.Timestamp(split.cut)
    assert dataset.loans.loc[split.unseen | split.seen, LOAN_DATE].min() >= pd.Timestamp(split.cut)


@pytest.mark.parametrize("change", ["flipped", "unknown", "removed"])
def test_a_loans_features_do_not_change_with_its_outcome_or_a_later_loan(
    loans: pd.DataFrame, tmp_path: Path, change: str
) -> None:
    day = pd.Timestamp(2020, 1, 5)
    # The outcomes of the day itself count as later ones.
    from_then_on = loans[LOAN_DATE] >= day
    changed = loans.copy()
    if change == "removed":
        changed = changed[~from_then_on | (loans[LOAN_DATE] == day)]
    else:
        flipped = 1 - changed[STATUS] if change == "flipped" else np.nan
        changed[STATUS] = changed[STATUS].where(~from_then_on, flipped)
        later = changed[LOAN_DATE] > day
        changed.loc[later, "loan_amount"] *= 5

    before, after = (read_until(day, frame, tmp_path) for frame in (loans, changed))

    assert (before[LOAN_DATE] == day).sum() > 100
    pd.testing.assert_frame_equal(after, before)


def read_until(day: pd.Timestamp, loans: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Read the training table up to a date, without the outcomes."""
    path = folder / "train_model.csv"
    write_training_table(path, engineer_features(loans, AS_OF, LAG_DAYS).loans)
    table = pd.read_csv(path, parse_dates=[LOAN_DATE])
    chosen = table[table[LOAN_DATE] <= day].drop(columns=STATUS)
    return chosen.sort_values(LOAN, ignore_index=True)


@settings(max_examples=30)
@given(LOANS_OF_USERS, st.integers(0, 24))
def test_no_feature_changes_with_the_loans_own_outcome_or_a_later_loan(
    drawn: list[dict[str, Any]], index: int
) -> None:
    loans = number_loans(drawn)
    chosen = loans[index % len(loans)]
    cut = (chosen["loan_date"], chosen["loan_id"])
    changed = [
        loan | {"status": 1.0, "loan_amount": 555.0}
        if (loan["loan_date"], loan["loan_id"]) >= cut
        else loan
        for loan in loans
    ]

    before = engineer_features(make_loans(*loans), AS_OF, LAG_DAYS).loans
    after = engineer_features(make_loans(*changed), AS_OF, LAG_DAYS).loans

    of_chosen = before["loan_id"] == chosen["loan_id"]
    pd.testing.assert_frame_equal(
        before.loc[of_chosen, list(MODEL_FEATURES)],
        after.loc[of_chosen, list(MODEL_FEATURES)],
    )
