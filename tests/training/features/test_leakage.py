"""No outcome leaks into what is told of a loan, and none into the figures."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from shared.release.features import LOAN, LOAN_DATE, MODEL_FEATURES, STATUS, USER
from tests.support.portfolios import AS_OF, make_portfolio
from training.dataset.dataset import Dataset
from training.evaluation.candidate import train
from training.evaluation.evaluate import measure_slice
from training.model.decision import DecisionRule
from training.release.directory import write_training_table

LAG_DAYS = 90
RULE = DecisionRule(20.0)


def make_portfolio_with(statuses: npt.NDArray[np.float64], loans: pd.DataFrame) -> Dataset:
    return Dataset.describe(loans.assign(status=statuses), AS_OF, LAG_DAYS)


@pytest.fixture(scope="module")
def loans() -> pd.DataFrame:
    """Give loans of 900 users, every fifth of whom pays late more often than not."""
    loans = make_portfolio(n_users=900, seed=4)
    late = np.where(loans[USER] % 5 == 0, 0.6, 0.05)
    draw = np.random.default_rng(4)
    return loans.assign(status=(draw.random(len(loans)) < late).astype(float))


def test_shuffled_outcomes_cannot_be_predicted(loans: pd.DataFrame) -> None:
    shuffled = np.random.default_rng(5).permutation(loans[STATUS])
    portfolio = make_portfolio_with(shuffled, loans)

    test = measure_slice(train(portfolio), RULE, portfolio, portfolio.split.unseen)

    auc = test.metrics["roc_auc"]
    assert auc.low is not None
    assert auc.high is not None
    assert test.n_defaults > 100
    assert auc.low < 0.5 < auc.high
    assert auc.high - auc.low < 0.2


def test_the_same_outcomes_unshuffled_can(loans: pd.DataFrame) -> None:
    portfolio = make_portfolio_with(loans[STATUS].to_numpy(), loans)

    test = measure_slice(train(portfolio), RULE, portfolio, portfolio.split.unseen)

    auc_low = test.metrics["roc_auc"].low
    assert auc_low is not None
    assert auc_low > 0.6


def test_turning_every_test_outcome_over_leaves_the_model_as_it_is(loans: pd.DataFrame) -> None:
    honest = make_portfolio_with(loans[STATUS].to_numpy(), loans)
    tested = loans[LOAN].isin(honest.loans.loc[honest.split.unseen | honest.split.seen, LOAN])
    turned = make_portfolio_with(np.where(tested, 1 - loans[STATUS], loans[STATUS]), loans)

    first, second = train(honest), train(turned)

    rows = honest.users[list(MODEL_FEATURES)]
    assert first.predict_proba(rows).tolist() == second.predict_proba(rows).tolist()


def test_no_person_is_both_trained_on_and_tested_on_as_unseen(loans: pd.DataFrame) -> None:
    portfolio = make_portfolio_with(loans[STATUS].to_numpy(), loans)
    split = portfolio.split

    learned_from = set(portfolio.persons[split.training | split.calibration])
    tested_on = set(portfolio.persons[split.unseen])

    assert learned_from
    assert tested_on
    assert learned_from.isdisjoint(tested_on)


def test_no_loan_is_learned_from_whose_outcome_was_not_known_at_the_cut(
    loans: pd.DataFrame,
) -> None:
    portfolio = make_portfolio_with(loans[STATUS].to_numpy(), loans)
    split = portfolio.split

    days = portfolio.loans.loc[split.training | split.calibration, LOAN_DATE]

    assert days.max() + pd.Timedelta(days=LAG_DAYS) <= pd.Timestamp(split.cut)
    assert portfolio.loans.loc[split.unseen | split.seen, LOAN_DATE].min() >= pd.Timestamp(
        split.cut
    )


@pytest.mark.parametrize("change", ["turned over", "unknown", "removed"])
def test_what_the_portfolio_tells_of_a_loan_does_not_change_with_it_or_any_later_loan(
    loans: pd.DataFrame, tmp_path: Path, change: str
) -> None:
    day = pd.Timestamp(2020, 1, 5)
    # From the day itself on, as the loan's own outcome and those of its day are later ones too.
    from_then_on = loans[LOAN_DATE] >= day
    changed = loans.copy()
    if change == "removed":
        changed = changed[~from_then_on | (loans[LOAN_DATE] == day)]
    else:
        turned = 1 - changed[STATUS] if change == "turned over" else np.nan
        changed[STATUS] = changed[STATUS].where(~from_then_on, turned)
        later = changed[LOAN_DATE] > day
        changed.loc[later, "loan_amount"] *= 5

    before, after = (read_until(day, frame, tmp_path) for frame in (loans, changed))

    assert (before[LOAN_DATE] == day).sum() > 100
    pd.testing.assert_frame_equal(after, before)


def read_until(day: pd.Timestamp, loans: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """Read what the training table tells of the loans up to a day, but for their outcome."""
    path = folder / "train_model.csv"
    write_training_table(path, Dataset.describe(loans, AS_OF, LAG_DAYS).loans)
    table = pd.read_csv(path, parse_dates=[LOAN_DATE])
    chosen = table[table[LOAN_DATE] <= day].drop(columns=STATUS)
    return chosen.sort_values(LOAN, ignore_index=True)
