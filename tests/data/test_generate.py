from pathlib import Path

import pandas as pd
import pytest

from data.generate import generate, main
from data.portfolio import count_persons
from training.reading.contract import RAW_COLUMNS

APPLICANT_COLUMNS = [
    name
    for name in RAW_COLUMNS
    if name not in ("loan_id", "id", "status", "loan_date", "loan_amount")
]


@pytest.fixture(scope="module")
def loans(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    path = tmp_path_factory.mktemp("generated") / "loans.csv"
    generate(1_500, 7, path)
    return pd.read_csv(path, dtype=dict.fromkeys(("birthday", "job_start_date", "loan_date"), str))


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    generate(40, 3, tmp_path / "one.csv")
    generate(40, 3, tmp_path / "other.csv")

    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()


def test_another_seed_gives_other_loans(tmp_path: Path) -> None:
    generate(40, 3, tmp_path / "one.csv")
    generate(40, 4, tmp_path / "other.csv")

    assert (tmp_path / "one.csv").read_bytes() != (tmp_path / "other.csv").read_bytes()


def test_the_columns_are_those_of_the_contract(loans: pd.DataFrame) -> None:
    assert tuple(loans.columns) == RAW_COLUMNS


def test_values_are_formatted_as_in_the_original(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"

    generate(20, 0, path)

    text = path.read_bytes()
    assert b"\r" not in text
    assert b'"' not in text
    assert pd.read_csv(path, dtype=str)["amt_income_total"].str.endswith(".0").all()
    assert pd.read_csv(path, dtype=str)["cnt_fam_members"].str.endswith(".0").all()


def test_loan_ids_are_unique_and_rows_are_shuffled(loans: pd.DataFrame) -> None:
    assert loans["loan_id"].is_unique
    assert not loans["loan_id"].is_monotonic_increasing
    assert not loans["loan_date"].is_monotonic_increasing


def test_every_user_has_1_to_61_loans_with_a_median_near_18(loans: pd.DataFrame) -> None:
    counts = loans["id"].value_counts()

    assert len(counts) == 1_500
    assert counts.between(1, 61).all()
    assert 15 <= counts.median() <= 21
    assert 19 < counts.mean() < 24


def test_a_users_applicant_columns_are_equal_on_every_loan(loans: pd.DataFrame) -> None:
    applicants = loans[["id", *APPLICANT_COLUMNS]].drop_duplicates()

    assert applicants["id"].is_unique


def test_some_users_share_a_person(loans: pd.DataFrame) -> None:
    persons = loans[APPLICANT_COLUMNS].drop_duplicates()

    assert len(persons) == count_persons(1_500)
    assert len(persons) < 1_500


@pytest.mark.parametrize(
    ("n_users", "n_persons"),
    [(1, 1), (2, 2), (1_000, 950), (36_457, 9_700), (364_570, 97_000)],
)
def test_there_are_fewer_persons_per_user_in_a_larger_file(n_users: int, n_persons: int) -> None:
    assert count_persons(n_users) == n_persons


def test_day_counts_and_dates_agree(loans: pd.DataFrame) -> None:
    extract_day = pd.Timestamp("2021-09-17")
    working = loans[loans["days_employed"] != 365243]

    born = extract_day + pd.to_timedelta(loans["days_birth"], unit="D")
    started = extract_day + pd.to_timedelta(working["days_employed"], unit="D")

    assert (born.dt.strftime("%Y-%m-%d") == loans["birthday"]).all()
    assert (started.dt.strftime("%Y-%m-%d") == working["job_start_date"]).all()
    assert (working["days_employed"] < 0).all()


def test_pensioners_have_a_job_start_in_3021_and_no_occupation(loans: pd.DataFrame) -> None:
    pensioners = loans["name_income_type"] == "Pensioner"

    assert (loans.loc[pensioners, "job_start_date"] == "3021-09-18").all()
    assert (loans.loc[pensioners, "days_employed"] == 365243).all()
    assert loans.loc[pensioners, "occupation_type"].isna().all()
    assert (loans.loc[~pensioners, "job_start_date"] < "2021-09-17").all()
    assert 0.12 < pensioners.mean() < 0.21


def test_only_occupations_are_blank(loans: pd.DataFrame) -> None:
    blank = loans.isna().mean()

    assert 0.25 < blank["occupation_type"] < 0.37
    assert (blank.drop("occupation_type") == 0).all()


def test_nobody_is_a_minor_at_a_loan(loans: pd.DataFrame) -> None:
    eighteenth = pd.to_datetime(loans["birthday"]) + pd.DateOffset(years=18)

    assert (eighteenth <= pd.to_datetime(loans["loan_date"])).all()


def test_amounts_and_dates_are_within_their_ranges(loans: pd.DataFrame) -> None:
    assert loans["loan_date"].between("2019-01-01", "2020-12-30").all()
    assert loans["loan_amount"].min() >= 100
    assert 117 < loans["loan_amount"].median() < 121
    assert 185 < loans["loan_amount"].quantile(0.95) < 205


def test_few_users_have_most_of_the_unpaid_loans(loans: pd.DataFrame) -> None:
    unpaid = loans.groupby("id")["status"].sum().sort_values(ascending=False)

    assert loans["status"].isin([0, 1]).all()
    assert 0.005 < loans["status"].mean() < 0.03
    assert (unpaid > 0).mean() < 0.15
    assert unpaid.head(75).sum() > 0.5 * unpaid.sum()


def test_a_write_failure_is_reported_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "nowhere" / "loans.csv"

    code = main(["--users", "5", "--seed", "0", "--out", str(path)])

    assert code == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"{path}: No such file or directory."


@pytest.mark.parametrize("users", ["0", "-1", "many", "1.5"])
def test_a_malformed_number_of_users_is_rejected(
    users: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([f"--users={users}", "--out", str(tmp_path / "loans.csv")])

    assert stopped.value.code == 2
    assert f"expected a whole number of at least 1, got {users!r}" in capsys.readouterr().err
