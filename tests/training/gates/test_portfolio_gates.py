"""The portfolio gates: its size, the ids that went missing, and what is delivered twice."""

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace

from shared.release.facts import Verdict
from shared.release.features import MODEL_FEATURES, USER
from tests.support.portfolios import AS_OF, make_portfolio
from tests.support.release_facts import make_facts
from training.dataset.dataset import Dataset
from training.features.engineering import engineer_features
from training.gates.champion import KnownLoans
from training.gates.portfolio import judge_counts, judge_lost, judge_repeated

COUNTS = replace(make_facts().counts, users=1000, loans=20_000, persons=500)


def read(loans: pd.DataFrame) -> Dataset:
    return Dataset.from_features(engineer_features(loans, AS_OF, 90), AS_OF, 90)


def know(loans: pd.DataFrame) -> KnownLoans:
    return KnownLoans(
        loans["loan_id"].to_numpy(),
        loans[USER].to_numpy(),
        loans["loan_date"].to_numpy().astype("datetime64[D]"),
        loans["status"].to_numpy(),
    )


def lose(kept: pd.Series) -> dict[str, Verdict]:
    loans = make_portfolio()
    return {gate.name: gate.verdict for gate in judge_lost(know(loans), read(loans[kept]))}


LOANS = make_portfolio()


def test_lost_loans_are_found_among_ids_too_long_for_a_double() -> None:
    number = np.arange(len(LOANS))
    # In pairs, which lie far apart, as NumPy marks ids that are close together.
    loans = LOANS.assign(loan_id=2**60 + number // 2 * 2**40 + number % 2)
    kept = loans["loan_id"] % 2 == 0

    gates = {gate.name: gate for gate in judge_lost(know(loans), read(loans[kept]))}

    assert gates["loans_lost"].measured == (~kept).mean()
    assert gates["loans_lost"].verdict == "stopped"


@pytest.mark.parametrize(
    ("users", "verdict"),
    [
        (3001, "stopped"),
        (3000, "warned"),
        (1501, "warned"),
        (1500, "passed"),
        (1000, "passed"),
        (900, "passed"),
        (899, "warned"),
        (600, "warned"),
        (599, "stopped"),
    ],
)
def test_a_collapse_and_a_growth_beyond_belief_stop(users: int, verdict: Verdict) -> None:
    of_users, of_loans, _ = judge_counts(COUNTS, replace(COUNTS, users=users, persons=users // 2))

    assert (of_users.name, of_users.measured, of_users.verdict) == (
        "users_kept",
        users / 1000,
        verdict,
    )
    assert (of_loans.name, of_loans.verdict) == ("loans_kept", "passed")


def test_users_that_grow_without_persons_stop() -> None:
    *_, gate = judge_counts(COUNTS, replace(COUNTS, users=2000))

    assert (gate.name, gate.measured, gate.verdict) == ("users_per_person", 2.0, "stopped")


def test_a_champion_that_did_not_count_persons_is_not_asked() -> None:
    names = [gate.name for gate in judge_counts(replace(COUNTS, persons=0), COUNTS)]

    assert names == ["users_kept", "loans_kept"]


def test_nothing_is_lost_from_the_same_file() -> None:
    assert set(lose(LOANS["loan_id"] > 0).values()) == {"passed"}


def test_loans_that_are_gone_by_id_stop() -> None:
    kept = pd.Series(np.random.default_rng(0).random(len(LOANS)) > 0.15)

    assert lose(kept)["loans_lost"] == "stopped"


def test_users_that_are_gone_by_id_stop() -> None:
    assert lose(LOANS[USER] % 5 > 0) == {"users_lost": "stopped", "loans_lost": "stopped"}


def test_one_loan_that_is_gone_warns_at_most() -> None:
    assert lose(LOANS["loan_id"] != 17)["loans_lost"] != "stopped"


def test_a_file_that_begins_later_has_not_lost_its_older_loans() -> None:
    later = LOANS["loan_date"] >= "2019-06-01"

    assert lose(later)["loans_lost"] == "passed"


def test_users_delivered_twice_under_new_ids_are_stopped() -> None:
    copies = LOANS.assign(id=LOANS[USER] + 900_000, loan_id=LOANS["loan_id"] + 900_000)

    gate = judge_repeated(read(pd.concat([LOANS, copies], ignore_index=True)))

    assert gate.verdict == "stopped"
    assert gate.measured == pytest.approx(0.5, abs=0.01)


def test_users_delivered_once_are_not_repeated() -> None:
    assert judge_repeated(read(LOANS)).verdict == "passed"


@pytest.mark.parametrize("seed", range(3))
def test_repeated_loans_are_as_many_as_comparing_all_with_all_finds(seed: int) -> None:
    copied = LOANS[LOANS[USER].isin(np.random.default_rng(seed).choice(LOANS[USER], size=40))]
    copies = copied.assign(id=copied[USER] + 900_000, loan_id=copied["loan_id"] + 900_000)
    dataset = read(pd.concat([LOANS, copies], ignore_index=True))

    gate = judge_repeated(dataset)

    later = dataset.loans["nb_previous_loans"].to_numpy() > 0
    columns = ["loan_date", *MODEL_FEATURES, "status"]
    everything = dataset.loans.loc[later, columns].assign(person=dataset.persons[later])
    assert gate.measured == everything.duplicated().sum() / later.sum()
    assert gate.measured != 0
