"""Identify persons, and hold some out from training."""

import hashlib
import math
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from shared.release.features import USER
from tests.support.datasets import make_dataset
from tests.support.portfolios import make_loans, make_portfolio
from training.dataset.persons import (
    CALIBRATION_SHARE,
    FINGERPRINT_COLUMNS,
    HELD_OUT_SHARE,
    assign_roles,
)


def test_users_who_share_a_fingerprint_are_one_person() -> None:
    ids = range(1, 41)
    loans = make_loans(*({"id": user, "loan_id": user} for user in ids))

    roles = assign_roles(loans)

    assert roles["role"].nunique() == roles["person"].nunique() == 1
    assert sorted(roles.index) == list(ids)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "birthday": st.sampled_from([None, *pd.to_datetime(["1970-01-01", "1985-06-30"])]),
                "job_start_date": st.sampled_from([None, pd.Timestamp("2010-01-01")]),
                "code_gender": st.sampled_from(["F", "M", None]),
                "name_education_type": st.sampled_from(["Higher education", None]),
                "name_income_type": st.sampled_from(["Working", "Pensioner"]),
                "name_housing_type": st.sampled_from(["Rented apartment", None]),
                "amt_income_total": st.sampled_from([0.0, 1.5, 1e15, 0.1 + 0.2, math.nan]),
            }
        ),
        max_size=30,
    ),
    st.permutations(range(30)),
)
def test_each_user_is_the_person_that_their_own_fingerprint_names(
    users: list[dict[str, object]], ids: list[int]
) -> None:
    loans = pd.DataFrame(users, columns=list(FINGERPRINT_COLUMNS))
    loans = loans.astype({"amt_income_total": np.float64})
    for name in ("birthday", "job_start_date"):
        loans[name] = loans[name].astype("datetime64[ms]")
    for name in ("code_gender", "name_education_type", "name_income_type", "name_housing_type"):
        loans[name] = pd.Categorical(loans[name], ["F", "M", "Working", "unused", *_KINDS])
    loans[USER] = ids[: len(loans)]

    assigned = assign_roles(loans)

    texts = (
        "\x1f".join(map(_word, row)) for row in loans[list(FINGERPRINT_COLUMNS)].to_numpy(object)
    )
    expected = [hashlib.blake2b(text.encode(), digest_size=8).hexdigest() for text in texts]
    assert [f"{person:016x}" for person in assigned["person"]] == expected
    assert assigned.index.tolist() == ids[: len(loans)]


_KINDS = ("Pensioner", "Higher education", "Rented apartment")


def _word(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else str(value)


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
