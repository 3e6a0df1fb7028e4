"""What is trained on a portfolio: never upside down, and whatever the file lacks."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.generate import generate
from shared.errors import RejectedFileError
from shared.release.features import FEATURES, MODEL_FEATURES, USER
from tests.support.datasets import make_dataset
from tests.support.portfolios import AS_OF, make_portfolio
from training.dataset.dataset import DATASET_COLUMNS, Dataset
from training.evaluation.candidate import train
from training.features.engineering import engineer_features
from training.model.boosted_trees import describe_model
from training.model.classifier import Classifier, predict_default
from training.reading.raw_file import read_loans

END_OF_FIRST_YEAR = date(2019, 12, 31)

type Change = Callable[[pd.DataFrame], pd.DataFrame]


def generate_loans(path: Path, n_users: int, seed: int) -> pd.DataFrame:
    generate(n_users, seed, path)
    loans = read_loans(path, AS_OF, DATASET_COLUMNS).loans
    frame: pd.DataFrame = loans.to_pandas(date_as_object=False)
    return frame


def falls_anywhere(model: Classifier, users: pd.DataFrame) -> bool:
    """Tell whether more loans not paid on time lower someone's score."""
    bad = {name: 31.0 if FEATURES[name].whole else 31 / 40 for name in UNPAID}
    good = dict.fromkeys(UNPAID, 0.0)
    return bool(
        (
            predict_default(model, users.assign(**bad))
            < predict_default(model, users.assign(**good))
        ).any()
    )


UNPAID = [name for name, feature in FEATURES.items() if feature.sign > 0]


def test_the_portfolio_whose_calibration_pointed_downwards_gets_a_model_that_does_not(
    tmp_path: Path,
) -> None:
    loans = generate_loans(tmp_path / "loans.csv", n_users=300, seed=5)
    dataset = make_dataset(loans)

    model = train(dataset).model

    assert describe_model(model).calibration.slope > 0
    assert not falls_anywhere(model, dataset.users)


@pytest.mark.parametrize(("n_users", "seed"), [(1000, 1), (1000, 2), (3000, 3), (3000, 4)])
def test_no_first_years_model_is_upside_down(tmp_path: Path, n_users: int, seed: int) -> None:
    loans = generate_loans(tmp_path / "loans.csv", n_users, seed)
    first_year = loans[loans["loan_date"] <= pd.Timestamp(END_OF_FIRST_YEAR)]
    features = engineer_features(first_year, END_OF_FIRST_YEAR, 90)
    dataset = Dataset.from_features(features, END_OF_FIRST_YEAR, 90)

    model = train(dataset).model

    assert describe_model(model).calibration.slope > 0
    assert not falls_anywhere(model, dataset.users)


def test_a_calibration_set_of_turned_outcomes_does_not_turn_the_model() -> None:
    dataset = make_dataset(make_portfolio(n_users=900))
    status = dataset.loans["status"].to_numpy().copy()
    status[dataset.split.calibration] = 1 - status[dataset.split.calibration]
    turned = Dataset(
        dataset.loans.assign(status=status),
        dataset.users,
        dataset.persons,
        dataset.genders,
        dataset.split,
    )

    model = train(turned).model

    assert describe_model(model).calibration.slope > 0
    assert not falls_anywhere(model, dataset.users)


def take_first_loans(loans: pd.DataFrame) -> pd.DataFrame:
    return loans.drop_duplicates(USER)


def take_half_a_year(loans: pd.DataFrame) -> pd.DataFrame:
    return loans[loans["loan_date"] < "2019-07-01"]


def drop_job_starts(loans: pd.DataFrame) -> pd.DataFrame:
    return loans.assign(job_start_date=loans["job_start_date"].where(loans[USER] < 0))


def give_everyone_a_car(loans: pd.DataFrame) -> pd.DataFrame:
    return loans.assign(flag_own_car="Y")


def keep(loans: pd.DataFrame) -> pd.DataFrame:
    return loans


@pytest.mark.parametrize(
    ("change", "lag_days", "unused"),
    [
        (take_first_loans, 90, {"nb_previous_loans", "avg_amount_loans_previous"}),
        (take_half_a_year, 90, {"nb_previous_unpaid"}),
        (drop_job_starts, 90, {"years_on_the_job"}),
        (give_everyone_a_car, 90, {"flag_own_car"}),
        (keep, 365, {"nb_previous_unpaid"}),
        (keep, 90, set()),
    ],
)
def test_a_feature_that_says_nothing_is_left_out_and_listed(
    change: Change, lag_days: int, unused: set[str]
) -> None:
    loans = change(make_portfolio(n_users=900))

    dataset = make_dataset(loans, outcome_lag_days=lag_days)
    model = train(dataset).model

    listed = set(describe_model(model).unused_features)
    assert unused <= listed
    assert unused or not listed
    assert np.isfinite(predict_default(model, dataset.users)).all()
    for name in listed:
        moved = [
            predict_default(model, dataset.users.assign(**{name: value}))
            for value in (0.0, FEATURES[name].highest, np.nan)
        ]
        assert moved[0].tolist() == moved[1].tolist() == moved[2].tolist(), name
    assert tuple(model.feature_names_in_) == MODEL_FEATURES


def pay_all(loans: pd.DataFrame) -> pd.DataFrame:
    return loans.assign(status=0.0)


def pay_none(loans: pd.DataFrame) -> pd.DataFrame:
    return loans.assign(status=1.0)


def lose_outcomes(loans: pd.DataFrame) -> pd.DataFrame:
    return loans.assign(status=np.nan)


def let_one_person_default(loans: pd.DataFrame) -> pd.DataFrame:
    dataset = make_dataset(loans)
    users = dataset.loans[USER][dataset.split.training]
    return loans.assign(status=(loans[USER] == users.value_counts().index[0]).astype(float))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (pay_all, "at least 10 loans not paid on time.*got 0 of 0 persons"),
        (pay_none, "at least 3 loans paid on time.*got 0 of 0 persons"),
        (lose_outcomes, "loan_date: expected loans .* got none: deliver a longer time"),
        (let_one_person_default, r"of at least 3 persons.*got \d\d of 1 persons"),
        (lambda loans: loans.head(1), "got none"),
    ],
)
def test_what_cannot_be_trained_is_rejected_in_plain_words(change: Change, told: str) -> None:
    dataset = make_dataset(change(make_portfolio(n_users=300)))

    with pytest.raises(RejectedFileError, match=told):
        train(dataset)
