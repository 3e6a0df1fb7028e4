"""Identify persons, and hold some out from training."""

import pandas as pd

from tests.support.datasets import make_dataset
from tests.support.portfolios import make_loans, make_portfolio
from training.dataset.persons import CALIBRATION_SHARE, HELD_OUT_SHARE, assign_roles


def test_users_who_share_a_fingerprint_are_one_person() -> None:
    ids = range(1, 41)
    loans = make_loans(*({"id": user, "loan_id": user} for user in ids))

    roles = assign_roles(loans)

    assert roles["role"].nunique() == roles["person"].nunique() == 1
    assert sorted(roles.index) == list(ids)


def test_users_without_a_job_and_without_an_income_are_one_person_however_zero_is_signed() -> None:
    loans = make_loans(*({"id": user, "loan_id": user} for user in (1, 2, 3)))
    loans["job_start_date"] = pd.NaT
    loans["amt_income_total"] = [0.0, -0.0, 0.0]

    roles = assign_roles(loans)
    reversed_roles = assign_roles(loans.iloc[::-1])

    assert roles["person"].nunique() == 1
    pd.testing.assert_frame_equal(reversed_roles.loc[roles.index], roles)
    loans["amt_income_total"] = 0.0
    pd.testing.assert_frame_equal(assign_roles(loans), roles)


def test_a_persons_role_does_not_depend_on_the_rest_of_the_file() -> None:
    portfolio = make_portfolio().drop_duplicates("id", keep="last")
    some = portfolio[portfolio["id"] % 3 == 0]

    from_all = assign_roles(portfolio)
    from_some = assign_roles(some.sample(frac=1, random_state=1))

    pd.testing.assert_frame_equal(from_some, from_all.loc[from_some.index])


def test_the_held_out_persons_are_the_same_in_every_version_of_the_code() -> None:
    incomes = ({"id": n, "loan_id": n, "amt_income_total": 1000.0 * n} for n in range(20))
    loans = make_loans(*incomes)

    roles = assign_roles(loans)["role"]

    # Fixed forever: no model may train on a person that an earlier one was tested on.
    assert roles[roles == "test"].index.tolist() == HELD_OUT_OF_TWENTY


HELD_OUT_OF_TWENTY = [5, 6, 9, 11, 12]


def test_about_the_intended_share_of_persons_has_each_role() -> None:
    loans = make_loans(
        *({"id": n, "loan_id": n, "amt_income_total": 10.0 * n} for n in range(3000))
    )

    shares = assign_roles(loans)["role"].value_counts(normalize=True)

    assert abs(shares["test"] - HELD_OUT_SHARE) < 0.03
    assert abs(shares["calibration"] - CALIBRATION_SHARE) < 0.03
    assert set(shares.index) == {"test", "calibration", "training"}


def test_a_person_who_moved_is_identified_by_their_latest_loan() -> None:
    home = {"id": 1, "name_housing_type": "With parents"}
    moved = {"loan_date": "2020-06-01", "name_housing_type": "Rented apartment"}
    others = [{"id": n, "loan_id": 10 * n, "amt_income_total": 1000.0 * n} for n in range(2, 30)]

    both = make_loans(home | {"loan_id": 1}, home | {"loan_id": 2} | moved, *others)
    latest_alone = both[both["loan_id"] != 1]

    moved_persons, alone_persons = (make_dataset(loans).persons for loans in (both, latest_alone))
    assert moved_persons[0] == moved_persons[1]
    assert moved_persons[1:].tolist() == alone_persons.tolist()


def test_all_loans_of_a_person_have_the_persons_role() -> None:
    dataset = make_dataset(make_portfolio())
    split, persons = dataset.split, dataset.persons

    masks = [split.training, split.calibration, split.unseen]
    trained, calibrated, tested = (set(persons[mask].tolist()) for mask in masks)

    assert trained
    assert calibrated
    assert tested
    assert trained.isdisjoint(calibrated)
    assert tested.isdisjoint(trained | calibrated)
    assert set(persons[split.seen].tolist()).isdisjoint(tested)
