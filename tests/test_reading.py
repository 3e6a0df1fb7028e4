"""Reading the raw file, and naming all that is wrong with one that cannot be read."""

import gzip
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from shared.errors import RejectedFileError
from tests.portfolios import AS_OF, PENSIONER, make_loans, write_csv
from training.contract import RAW_COLUMNS
from training.reading import read_loans


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    return write_csv(
        tmp_path / "loans.csv",
        make_loans(
            {"loan_id": 1, "job_start_date": PENSIONER, "status": None},
            {"loan_id": 2, "status": 1.0},
            {"loan_id": 3},
        ),
    )


def problems_of(path: Path) -> list[str]:
    with pytest.raises(RejectedFileError) as rejected:
        read_loans(path, AS_OF)
    return rejected.value.problems


def replace(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


def test_a_sound_file_is_read_with_its_types(delivery: Path) -> None:
    loans = read_loans(delivery, AS_OF)

    assert tuple(loans.column_names) == RAW_COLUMNS
    assert loans["status"].to_pylist() == [None, 1.0, 0.0]
    assert loans["job_start_date"].to_pylist()[0] == PENSIONER
    assert pa.types.is_date32(loans.schema.field("birthday").type)


def test_other_column_order_further_columns_and_line_ends_make_no_difference(
    delivery: Path,
) -> None:
    expected = read_loans(delivery, AS_OF)
    frame = pd.read_csv(delivery)[list(RAW_COLUMNS[::-1])].assign(note="x")
    text = "\ufeff" + frame.to_csv(index=False, sep=";", lineterminator="\r\n")
    delivery.write_bytes(text.encode())

    loans = read_loans(delivery, AS_OF)

    assert loans.equals(expected)


def test_all_missing_columns_are_named(delivery: Path) -> None:
    frame = pd.read_csv(delivery).drop(columns=["birthday", "loan_amount"])
    frame.to_csv(delivery, index=False)

    assert problems_of(delivery) == [
        "Column birthday is missing: add it.",
        "Column loan_amount is missing: add it.",
    ]


def test_a_column_that_stands_twice_is_named(delivery: Path) -> None:
    replace(delivery, "code_gender", "id")

    assert "Column id stands 2 times in the header: keep one." in problems_of(delivery)


def test_every_wrong_type_is_named_with_its_first_line(delivery: Path) -> None:
    replace(delivery, "\n2,7", "\ntwo,7")
    replace(delivery, "1980-06-15", "15/06/1980")

    problems = problems_of(delivery)

    assert problems == [
        "loan_id: expected a whole number; 1 row holds something else, first line 3 with 'two'.",
        "birthday: expected a day as YYYY-MM-DD; 1 row holds something else,"
        " first line 2 with '15/06/1980'.",
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"flag_own_car": "y"}, "flag_own_car: must be Y or N; 1 row breaks this, first line 3"),
        ({"status": 2.0}, "status: must be 0, 1 or blank; 1 row breaks this, first line 3"),
        ({"loan_id": 1}, "loan_id: must be unique; 2 rows break this, first line 2 with '1'."),
        ({"loan_date": "2022-03-09"}, "loan_date: must not be later than the as-of date"),
        ({"birthday": "2021-01-01"}, "birthday: must not be later than the loan's own day"),
        ({"loan_amount": 0.0}, "loan_amount: must be above 0"),
        ({"loan_amount": float("inf")}, "loan_amount: must be a finite amount"),
        ({"flag_own_realty": None}, "flag_own_realty: must not be blank; 1 row"),
        ({"id": -7}, "id: must not be negative"),
    ],
)
def test_a_value_that_breaks_a_rule_is_named(
    tmp_path: Path, changed: dict[str, object], expected: str
) -> None:
    loans = make_loans({"loan_id": 1}, {"loan_id": 2} | changed)

    problems = problems_of(write_csv(tmp_path / "loans.csv", loans))

    assert any(problem.startswith(expected) for problem in problems), problems


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (gzip.compress(b"loan_id,id\n1,2\n"), "The file is gzip, not CSV"),
        (b"PAR1\x15\x04", "The file is Parquet, not CSV"),
        (b"<html><body>Sign in</body></html>\n", "The file is not a CSV of loans"),
        ("loan_id;préstamo".encode("utf-16"), "The file is not a CSV of loans"),
        ((",".join(RAW_COLUMNS) + "\n").encode(), "The file has no loans"),
        (",".join(RAW_COLUMNS).encode(), "The file has no loans"),
    ],
)
def test_what_is_no_csv_of_loans_is_named(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "loans.csv"
    path.write_bytes(content)

    assert problems_of(path)[0].startswith(expected)


def test_text_in_another_encoding_is_named_with_its_line(delivery: Path) -> None:
    text = delivery.read_text().replace("Higher education", "Educación superior", 1)
    delivery.write_text(text, encoding="latin-1")

    assert problems_of(delivery) == [
        "name_education_type: expected text in UTF-8; 1 row holds something else,"
        " first line 2 with 'Educaci\ufffdn superior'."
    ]


def test_rows_with_another_number_of_values_are_named(delivery: Path) -> None:
    with delivery.open("a") as file:
        file.write("1,2,3\n")

    assert problems_of(delivery) == [
        "Every row must have the header's 24 values; 1 have not, the first has 3: '1,2,3'."
    ]
