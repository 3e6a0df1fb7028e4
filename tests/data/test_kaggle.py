from pathlib import Path

import pandas as pd
import pytest

from data.kaggle import main
from training.reading.contract import RAW_COLUMNS

APPLICATIONS = """\
ID,CODE_GENDER,FLAG_OWN_CAR,FLAG_OWN_REALTY,CNT_CHILDREN,AMT_INCOME_TOTAL,NAME_INCOME_TYPE,\
NAME_EDUCATION_TYPE,NAME_FAMILY_STATUS,NAME_HOUSING_TYPE,DAYS_BIRTH,DAYS_EMPLOYED,FLAG_MOBIL,\
FLAG_WORK_PHONE,FLAG_PHONE,FLAG_EMAIL,OCCUPATION_TYPE,CNT_FAM_MEMBERS
11,M,Y,N,2,99000.0,Working,Higher education,Married,With parents,-10000,-1000,1,0,0,1,Drivers,4.0
12,F,N,Y,0,54000.5,Pensioner,Lower secondary,Widow,House / apartment,-22000,365243,1,0,1,0,,1.0
13,F,N,Y,0,81000.0,Working,Higher education,Widow,House / apartment,-15000,-200,1,0,1,0,,1.0
"""
CREDITS = """\
ID,MONTHS_BALANCE,STATUS
12,0,C
11,0,0
11,-1,1
11,-2,5
12,-1,X
99,0,1
"""


@pytest.fixture
def inputs(tmp_path: Path) -> tuple[Path, Path]:
    applications, credits_ = tmp_path / "application_record.csv", tmp_path / "credit_record.csv"
    applications.write_text(APPLICATIONS)
    credits_.write_text(CREDITS)
    return applications, credits_


def run(inputs: tuple[Path, Path], out: Path, seed: int = 0) -> int:
    return main([str(inputs[0]), str(inputs[1]), "--seed", str(seed), "--out", str(out)])


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False).set_index("loan_id").sort_index()


def test_every_credit_record_of_a_known_applicant_becomes_a_loan(
    inputs: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "loans.csv"

    code = run(inputs, out)

    assert code == 0
    assert tuple(pd.read_csv(out).columns) == RAW_COLUMNS
    assert read(out)["id"].tolist() == ["11", "11", "11", "12", "12"]


def test_a_loan_is_unpaid_when_its_month_is_30_days_overdue(
    inputs: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "loans.csv"

    run(inputs, out)

    assert read(out)["status"].tolist() == ["0", "1", "1", "0", "0"]


def test_applicant_columns_keep_kaggles_values(inputs: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "loans.csv"

    run(inputs, out)

    loans = read(out).drop_duplicates("id").set_index("id")
    assert loans.loc["11", "birthday"] == "1994-05-02"
    assert loans.loc["11", "job_start_date"] == "2018-12-22"
    assert loans.loc["11", "occupation_type"] == "Drivers"
    assert loans.loc["11", "amt_income_total"] == "99000.0"
    assert loans.loc["12", "amt_income_total"] == "54000.5"
    assert loans.loc["12", "cnt_fam_members"] == "1.0"
    assert loans.loc["12", "occupation_type"] == ""
    assert loans.loc["12", "job_start_date"] == "3021-09-18"


def test_dates_and_amounts_are_simulated_from_the_seed(
    inputs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(inputs, tmp_path / "one.csv", seed=1)
    run(inputs, tmp_path / "same.csv", seed=1)
    run(inputs, tmp_path / "other.csv", seed=2)

    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "same.csv").read_bytes()
    assert (tmp_path / "one.csv").read_bytes() != (tmp_path / "other.csv").read_bytes()
    assert "simulated with seed 2" in capsys.readouterr().err


def test_an_id_with_conflicting_records_is_dropped(
    inputs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = APPLICATIONS.splitlines(keepends=True)
    inputs[0].write_text(APPLICATIONS + lines[1].replace("Drivers", "Managers") + lines[2])

    run(inputs, tmp_path / "loans.csv")

    assert set(read(tmp_path / "loans.csv")["id"]) == {"12"}
    assert "conflicting records" in capsys.readouterr().err


def test_a_missing_file_is_reported_in_one_line(
    inputs: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs[0].unlink()

    code = run(inputs, tmp_path / "loans.csv")

    assert code == 2
    assert capsys.readouterr().err == f"{inputs[0]}: No such file or directory.\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ID,MONTHS_BALANCE\n11,0\n", "lacks the columns STATUS"),
        ("", "does not have Kaggle's format: No columns to parse from file"),
        ("ID,STATUS\neleven,0\n", "does not have Kaggle's format"),
        ("ID,STATUS\n11,9\n", "STATUS must be 0 to 5, C or X, got '9'"),
        ("ID,STATUS\n11,\n", "STATUS must be 0 to 5, C or X, got a blank"),
        ("ID,STATUS\n99,0\n", "must have ids in common, but have none"),
    ],
)
def test_a_malformed_credit_record_is_reported_in_one_line(
    text: str,
    reason: str,
    inputs: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    inputs[1].write_text(text)

    code = run(inputs, tmp_path / "loans.csv")

    assert code == 2
    assert reason in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "loans.csv").exists()
