"""Who is held out of training."""

import pandas as pd

from tests.portfolios import AS_OF, make_loans, make_portfolio
from training.persons import HELD_OUT_SHARE, find_held_out_users, mark_held_out
from training.portfolio import Portfolio


def test_users_who_share_a_fingerprint_are_one_person() -> None:
    ids = range(1, 41)
    loans = make_loans(*({"id": user, "loan_id": user} for user in ids))

    held_out = find_held_out_users(loans)

    assert held_out.nunique() == 1
    assert sorted(held_out.index) == list(ids)


def test_a_person_is_held_out_whatever_else_the_file_holds() -> None:
    portfolio = make_portfolio().drop_duplicates("id", keep="last")
    some = portfolio[portfolio["id"] % 3 == 0]

    from_all = find_held_out_users(portfolio)
    from_some = find_held_out_users(some.sample(frac=1, random_state=1))

    assert from_some.to_dict() == from_all[from_some.index].to_dict()


def test_the_choice_is_the_same_in_every_version_of_the_code() -> None:
    incomes = ({"id": n, "loan_id": n, "amt_income_total": 1000.0 * n} for n in range(20))
    loans = make_loans(*incomes)

    held_out = find_held_out_users(loans)

    # Written down once: a model must never train on whom an earlier one was tested on.
    assert held_out[held_out].index.tolist() == HELD_OUT_OF_TWENTY


HELD_OUT_OF_TWENTY = [5, 6, 9, 11, 12]


def test_about_the_intended_share_of_persons_is_held_out() -> None:
    loans = make_loans(
        *({"id": n, "loan_id": n, "amt_income_total": 10.0 * n} for n in range(3000))
    )

    share = find_held_out_users(loans).mean()

    assert abs(share - HELD_OUT_SHARE) < 0.03


def test_a_person_who_moved_is_known_by_their_latest_loan() -> None:
    home = {"id": 1, "name_housing_type": "With parents"}
    moved = {"loan_date": "2020-06-01", "name_housing_type": "Rented apartment"}
    others = [{"id": n, "loan_id": 10 * n, "amt_income_total": 1000.0 * n} for n in range(2, 30)]

    both = make_loans(home | {"loan_id": 1}, home | {"loan_id": 2} | moved, *others)
    latest_alone = both[both["loan_id"] != 1]

    held_out = Portfolio.describe(both, AS_OF).held_out
    assert held_out[0] == held_out[1]
    assert held_out[1:].tolist() == Portfolio.describe(latest_alone, AS_OF).held_out.tolist()


def test_every_loan_of_a_user_is_on_the_users_side() -> None:
    users = pd.Series([3, 1, 3, 2])

    marked = mark_held_out(users, pd.Series({1: True, 2: False, 3: False}))

    assert marked.tolist() == [False, True, False, False]
