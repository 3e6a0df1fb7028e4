"""Report every problem of a raw file that is rejected."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from tests.support.portfolios import AS_OF, make_loans, write_csv
from tests.support.raw_files import read_problems, replace_once
from training.reading.contract import RAW_COLUMNS
from training.reading.raw_file import read_loans


def test_all_missing_columns_are_reported(loan_file: Path) -> None:
    frame = pd.read_csv(loan_file).drop(columns=["birthday", "loan_amount"])
    frame.to_csv(loan_file, index=False)

    assert read_problems(loan_file) == [
        "Column birthday is missing: add it.",
        "Column loan_amount is missing: add it.",
    ]


def test_a_duplicate_column_is_reported(loan_file: Path) -> None:
    replace_once(loan_file, "code_gender", "id")

    assert "Column id appears 2 times in the header: keep one." in read_problems(loan_file)


def test_a_misspelt_column_is_reported_with_its_right_name(loan_file: Path) -> None:
    replace_once(loan_file, "loan_id,id,", "loan_id, ID,")

    assert read_problems(loan_file) == ["Column ' ID' must be named id: rename it."]


def test_every_value_of_the_wrong_type_is_reported_with_its_line(loan_file: Path) -> None:
    replace_once(loan_file, "\n2,7", "\ntwo,7")
    replace_once(loan_file, "1980-06-15", "15/06/1980")

    assert read_problems(loan_file) == [
        "loan_id: must be a whole number; 1 row breaks this: line 3 has 'two'. Correct the value.",
        "birthday: must be a date as YYYY-MM-DD; 1 row breaks this: line 2 has '15/06/1980'."
        " Correct the value.",
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"flag_own_car": "y"}, "flag_own_car: must be Y or N; 1 row breaks this: line 3"),
        ({"status": 2.0}, "status: must be 0 or 1; 1 row breaks this: line 3"),
        (
            {"loan_id": 1},
            "loan_id: must be unique; 2 rows break this: line 2 has '1', line 3 has '1'.",
        ),
        ({"loan_date": "2022-03-09"}, "loan_date: must not be later than the as-of date"),
        ({"birthday": "2021-01-01"}, "birthday: must not be later than the loan date"),
        ({"loan_amount": 0.0}, "loan_amount: must be above 0"),
        ({"loan_amount": float("inf")}, "loan_amount: must be a finite number"),
        ({"flag_own_realty": None}, "flag_own_realty: must not be blank; 1 row"),
        ({"id": -7}, "id: must be at least 0"),
    ],
)
def test_a_value_that_breaks_a_rule_is_reported(
    tmp_path: Path, changed: dict[str, object], expected: str
) -> None:
    loans = make_loans({"loan_id": 1}, {"loan_id": 2} | changed)

    problems = read_problems(write_csv(tmp_path / "loans.csv", loans))

    assert any(problem.startswith(expected) for problem in problems), problems


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (gzip.compress(b"loan_id,id\n1,2\n", mtime=0), "The file is gzip, not CSV"),
        (b"PAR1\x15\x04", "The file is Parquet, not CSV"),
        (b"<html><body>Sign in</body></html>\n", "The file is not a CSV of loans"),
        ("loan_id;préstamo".encode("utf-16"), "The file is UTF-16"),
        ((",".join(RAW_COLUMNS) + "\n").encode(), "The file has no loans"),
        (",".join(RAW_COLUMNS).encode(), "The file has no loans"),
    ],
)
def test_a_file_that_is_not_a_csv_of_loans_is_reported(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    path = tmp_path / "loans.csv"
    path.write_bytes(content)

    assert read_problems(path)[0].startswith(expected)


def test_text_in_another_encoding_is_reported_with_its_line(loan_file: Path) -> None:
    text = loan_file.read_text().replace("Higher education", "Educación superior", 1)
    loan_file.write_text(text, encoding="latin-1")

    assert read_problems(loan_file) == [
        "name_education_type: must be text in UTF-8; 1 row breaks this:"
        " line 2 has 'Educaci\ufffdn superior'. Correct the value."
    ]


def test_ragged_rows_are_reported(loan_file: Path) -> None:
    with loan_file.open("ab") as file:
        file.write(b"1,2,\xff\n")

    assert read_problems(loan_file) == [
        "row: must have the header's 24 values; 1 row breaks this: line 5 has '1,2,\ufffd'."
        " Add or remove values, or quote a value that contains the delimiter."
    ]


def test_line_numbers_are_correct_below_blank_and_ragged_lines(loan_file: Path) -> None:
    header, first, second, third = loan_file.read_text().splitlines()
    lines = ["", header, "", first, "1,2", "", second, third.replace("F,Y", "F,y")]
    loan_file.write_text("\r\n".join(lines))

    problems = read_problems(loan_file)

    assert "line 5 has '1,2'" in problems[0]
    assert problems[1].startswith("flag_own_car: must be Y or N; 1 row breaks this: line 8")


def test_ragged_rows_wrong_types_and_broken_rules_are_reported_together(loan_file: Path) -> None:
    replace_once(loan_file, "\n3,7,F,Y", "\n2,x,F,y")
    replace_once(loan_file, "\n1,7,F,Y,N,0,", "\n1,7,F,Y,N,1_000,")
    with loan_file.open("a") as file:
        file.write('1,2,3\n"4\n')

    assert [problem.split(";")[0] for problem in read_problems(loan_file)] == [
        "row: must close every quote on its own line",
        "row: must have the header's 24 values",
        "loan_id: must be unique",
        "id: must be a whole number",
        "flag_own_car: must be Y or N",
        "cnt_children: must be a whole number",
    ]


@pytest.mark.parametrize("text", ["1_000", "٣", "20200101", "1,5", "0x", "1e400e", " 1 2"])
def test_a_value_is_judged_as_the_csv_reader_reads_it(loan_file: Path, text: str) -> None:
    replace_once(loan_file, "100000.0", f'"{text}"')

    if text == "20200101":
        assert read_loans(loan_file, AS_OF).loans["amt_income_total"][0].as_py() == 20200101
    else:
        assert f"line 2 has {text!r}" in read_problems(loan_file)[0]


def test_a_quoted_line_break_is_reported_on_the_line_of_the_quote(loan_file: Path) -> None:
    replace_once(loan_file, "Married", '"Mar\nried"')

    assert (
        "must close every quote on its own line; 1 row breaks this: line 2"
        in (read_problems(loan_file)[0])
    )


@pytest.mark.parametrize(
    "opened",
    [
        pytest.param([3], id="in the first block"),
        pytest.param([50_000], id="in a later block"),
        pytest.param([60_001], id="in the last line"),
        pytest.param([3, 5], id="opened and closed near"),
        pytest.param([3, 55_000], id="opened and closed far apart"),
    ],
)
@pytest.mark.parametrize("before", ["Married", "120.0"])
def test_a_stray_quote_swallows_no_row(
    tmp_path: Path, long_lines: list[str], opened: list[int], before: str
) -> None:
    lines = list(long_lines)
    for line in opened:
        lines[line - 1] = lines[line - 1].replace(before, f'"{before}')
    path = tmp_path / "loans.csv"
    path.write_text("\n".join(lines) + "\n")

    (problem,) = read_problems(path)

    assert problem.startswith("row: must close every quote on its own line")
    assert all(f"line {line} has" in problem for line in opened)


def test_a_line_longer_than_a_block_is_reported(loan_file: Path) -> None:
    with loan_file.open("a") as file:
        file.write("9" * 5_000_000 + "\n")

    assert (
        "must have the header's 24 values; 1 row breaks this: line 5" in read_problems(loan_file)[0]
    )
