import math
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from data.sample import main
from shared.release.files import file_sha256
from tests.support.paths import SAMPLE
from training.gates.champion import SAMPLE_SHA256
from training.reading.contract import RAW_COLUMNS

DATES = ("birthday", "job_start_date", "loan_date")


@pytest.fixture(scope="module")
def loans() -> pd.DataFrame:
    return pd.read_csv(SAMPLE, dtype=dict.fromkeys(DATES, str))


@pytest.fixture(scope="module")
def known(loans: pd.DataFrame) -> pd.DataFrame:
    return loans[loans["id"] == 5_008_806].sort_values(["loan_date", "loan_id"])


def completed_years(first: str, last: date) -> int:
    start = date.fromisoformat(first)
    return last.year - start.year - ((last.month, last.day) < (start.month, start.day))


def test_the_command_reproduces_the_committed_sample(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"

    code = main(["--out", str(path)])

    assert code == 0
    assert path.read_bytes() == SAMPLE.read_bytes()


def test_the_placeholder_champion_has_the_digest_of_the_committed_sample() -> None:
    assert file_sha256(SAMPLE) == SAMPLE_SHA256


def test_the_sample_is_small(loans: pd.DataFrame) -> None:
    assert tuple(loans.columns) == RAW_COLUMNS
    assert loans["id"].nunique() == 400
    assert 7_000 < len(loans) < 9_000
    assert SAMPLE.stat().st_size < 1_700_000


def test_the_known_user_has_29_previous_loans_with_the_exact_mean(
    known: pd.DataFrame,
) -> None:
    previous = known["loan_amount"].tolist()[:-1]

    assert len(previous) == 29
    for total in (math.fsum(previous), sum(previous), sum(reversed(previous))):
        assert round(total / 29, 10) == 136.4468640135
    assert abs(math.fsum(previous) / 29 - 136.4468640135) < 1e-12


def test_only_the_loan_id_identifies_the_known_users_most_recent_loan(known: pd.DataFrame) -> None:
    assert known["loan_date"].iloc[-1] == known["loan_date"].iloc[-2]
    assert known["loan_id"].iloc[-1] > known["loan_id"].iloc[-2]


def test_the_known_user_is_59_and_3_years_on_the_job_and_owns_a_car(known: pd.DataFrame) -> None:
    as_of = date(2022, 3, 8)
    row = known.iloc[0]

    assert completed_years(row["birthday"], as_of) == 59
    assert completed_years(row["job_start_date"], as_of) == 3
    assert row["flag_own_car"] == "Y"


def test_loan_ids_are_unique_and_rows_are_shuffled(loans: pd.DataFrame) -> None:
    assert loans["loan_id"].is_unique
    assert not loans["id"].is_monotonic_increasing
    assert not loans["loan_date"].is_monotonic_increasing


def test_there_are_pensioners(loans: pd.DataFrame) -> None:
    assert (loans["job_start_date"] == "3021-09-18").mean() > 0.1


def test_there_are_users_with_a_single_loan(loans: pd.DataFrame) -> None:
    assert (loans["id"].value_counts() == 1).sum() >= 5


def test_some_users_have_several_loans_on_one_date(loans: pd.DataFrame) -> None:
    assert loans.duplicated(["id", "loan_date"]).sum() >= 50


def test_some_users_are_born_on_a_leap_day(loans: pd.DataFrame) -> None:
    born = loans.loc[loans["birthday"].str.endswith("-02-29"), "birthday"]

    assert born.nunique() >= 3


def test_some_persons_have_several_user_ids(loans: pd.DataFrame) -> None:
    loan_columns = ["loan_id", "id", "status", "loan_date", "loan_amount"]
    persons = loans.drop_duplicates("id").drop(columns=loan_columns)

    assert persons.duplicated().sum() >= 5


def test_some_users_start_their_job_after_some_of_their_loans(loans: pd.DataFrame) -> None:
    working = loans[loans["job_start_date"] < "3000"]
    early = working["loan_date"] < working["job_start_date"]

    by_user = early.groupby(working["id"]).agg(["any", "all"])

    assert (by_user["any"] & ~by_user["all"]).any()


def test_the_outcomes_of_the_last_days_are_unknown(loans: pd.DataFrame) -> None:
    unknown = loans["status"].isna()

    assert 24 <= unknown.sum() <= 80
    assert loans.loc[unknown, "loan_date"].min() > loans.loc[~unknown, "loan_date"].max()


def test_there_are_more_defaults_than_usual(loans: pd.DataFrame) -> None:
    assert 0.03 < loans["status"].mean() < 0.05


def test_there_are_large_amounts(loans: pd.DataFrame) -> None:
    assert loans["loan_amount"].max() > 500
    assert loans["loan_amount"].min() >= 100
