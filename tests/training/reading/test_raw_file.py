"""Reading the raw file, and naming all that is wrong with one that cannot be read."""

import csv
import gzip
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from shared.errors import RejectedFileError
from tests.support.paths import SAMPLE, SHARED_SAMPLE
from tests.support.portfolios import AS_OF, PENSIONER, make_loans, write_csv
from training.reading.contract import RAW_COLUMNS
from training.reading.raw_file import KEPT_COLUMNS, read_loans


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
    loans = read_loans(delivery, AS_OF).loans

    assert loans.column_names == list(KEPT_COLUMNS)
    assert loans["status"].to_pylist() == [None, 1.0, 0.0]
    assert loans["job_start_date"].to_pylist()[0] == PENSIONER
    assert pa.types.is_date32(loans.schema.field("birthday").type)


def test_a_column_that_nothing_is_made_of_is_checked_all_the_same(delivery: Path) -> None:
    frame = pd.read_csv(delivery).assign(flag_mobil=7)
    frame.to_csv(delivery, index=False)

    (problem,) = problems_of(delivery)

    assert "flag_mobil" not in KEPT_COLUMNS
    assert problem.startswith("flag_mobil: must be 0 or 1; 3 rows break this")


def test_other_column_order_further_columns_and_line_ends_make_no_difference(
    delivery: Path,
) -> None:
    expected = read_loans(delivery, AS_OF).loans
    frame = pd.read_csv(delivery)[list(RAW_COLUMNS[::-1])].assign(note="x")
    text = "\ufeff" + frame.to_csv(index=False, sep=";", lineterminator="\r\n")
    delivery.write_bytes(text.encode())

    loans = read_loans(delivery, AS_OF).loans

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


def test_a_column_that_is_almost_named_right_is_told_its_name(delivery: Path) -> None:
    replace(delivery, "loan_id,id,", "loan_id, ID,")

    assert problems_of(delivery) == ["Column ' ID' must be written id."]


def test_every_wrong_type_is_named_with_its_line(delivery: Path) -> None:
    replace(delivery, "\n2,7", "\ntwo,7")
    replace(delivery, "1980-06-15", "15/06/1980")

    assert problems_of(delivery) == [
        "loan_id: must be a whole number; 1 row breaks this: line 3 has 'two'."
        " Write the value that way.",
        "birthday: must be a day as YYYY-MM-DD; 1 row breaks this: line 2 has '15/06/1980'."
        " Write the value that way.",
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
        ({"birthday": "2021-01-01"}, "birthday: must not be later than the loan's own day"),
        ({"loan_amount": 0.0}, "loan_amount: must be above 0"),
        ({"loan_amount": float("inf")}, "loan_amount: must be a finite number"),
        ({"flag_own_realty": None}, "flag_own_realty: must not be blank; 1 row"),
        ({"id": -7}, "id: must be at least 0"),
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
        (gzip.compress(b"loan_id,id\n1,2\n", mtime=0), "The file is gzip, not CSV"),
        (b"PAR1\x15\x04", "The file is Parquet, not CSV"),
        (b"<html><body>Sign in</body></html>\n", "The file is not a CSV of loans"),
        ("loan_id;préstamo".encode("utf-16"), "The file is UTF-16"),
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
        "name_education_type: must be text in UTF-8; 1 row breaks this:"
        " line 2 has 'Educaci\ufffdn superior'. Write the value that way."
    ]


def test_rows_with_another_number_of_values_are_named(delivery: Path) -> None:
    with delivery.open("ab") as file:
        file.write(b"1,2,\xff\n")

    assert problems_of(delivery) == [
        "row: must have the header's 24 values; 1 row breaks this: line 5 has '1,2,\ufffd'."
        " Add or remove values, or put quotes around a value that holds the delimiter."
    ]


def test_lines_are_told_right_below_blank_and_ragged_ones(delivery: Path) -> None:
    header, first, second, third = delivery.read_text().splitlines()
    lines = ["", header, "", first, "1,2", "", second, third.replace("F,Y", "F,y")]
    delivery.write_text("\r\n".join(lines))

    problems = problems_of(delivery)

    assert "line 5 has '1,2'" in problems[0]
    assert problems[1].startswith("flag_own_car: must be Y or N; 1 row breaks this: line 8")


def test_ragged_rows_wrong_types_and_broken_rules_are_told_in_one_go(delivery: Path) -> None:
    replace(delivery, "\n3,7,F,Y", "\n2,x,F,y")
    replace(delivery, "\n1,7,F,Y,N,0,", "\n1,7,F,Y,N,1_000,")
    with delivery.open("a") as file:
        file.write('1,2,3\n"4\n')

    assert [problem.split(";")[0] for problem in problems_of(delivery)] == [
        "row: must close every quote on its own line",
        "row: must have the header's 24 values",
        "loan_id: must be unique",
        "id: must be a whole number",
        "flag_own_car: must be Y or N",
        "cnt_children: must be a whole number",
    ]


@pytest.mark.parametrize("text", ["1_000", "٣", "20200101", "1,5", "0x", "1e400e", " 1 2"])
def test_a_value_counts_as_what_the_reader_takes_it_for(delivery: Path, text: str) -> None:
    replace(delivery, "100000.0", f'"{text}"')

    if text == "20200101":
        assert read_loans(delivery, AS_OF).loans["amt_income_total"][0].as_py() == 20200101
    else:
        assert f"line 2 has {text!r}" in problems_of(delivery)[0]


def test_quoted_values_are_read_as_they_are(delivery: Path) -> None:
    expected = read_loans(delivery, AS_OF).loans
    frame = pd.read_csv(delivery, dtype=str, keep_default_na=False)
    frame.to_csv(delivery, index=False, quoting=csv.QUOTE_ALL)

    assert read_loans(delivery, AS_OF).loans.equals(expected)


def test_a_quoted_line_break_is_named_where_it_opens_and_where_it_closes(delivery: Path) -> None:
    replace(delivery, "Married", '"Mar\nried"')

    assert (
        "must close every quote on its own line; 1 row breaks this: line 2"
        in (problems_of(delivery)[0])
    )


@pytest.fixture(scope="module")
def long_lines() -> list[str]:
    """Give the lines of a file of several blocks."""
    loans = make_loans({"loan_id": 1})
    header, row = loans.to_csv(index=False).splitlines()
    return [header, *(f"{loan},{loan // 50}{row.removeprefix('1,7')}" for loan in range(1, 60_001))]


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

    (problem,) = problems_of(path)

    assert problem.startswith("row: must close every quote on its own line")
    assert all(f"line {line} has" in problem for line in opened)


def test_a_file_of_several_blocks_is_read_whole_and_in_order(
    tmp_path: Path, long_lines: list[str]
) -> None:
    path = tmp_path / "loans.csv"
    for line_end in ("\n", "\r\n", "\r", "\n\n"):
        path.write_bytes(line_end.join(long_lines).encode())

        loans = read_loans(path, AS_OF).loans

        assert loans["loan_id"].to_pylist() == list(range(1, 60_001))


def test_a_line_as_long_as_a_block_is_named(delivery: Path) -> None:
    with delivery.open("a") as file:
        file.write("9" * 5_000_000 + "\n")

    assert "must have the header's 24 values; 1 row breaks this: line 5" in problems_of(delivery)[0]


def test_what_is_unusual_is_told_and_does_not_reject(tmp_path: Path) -> None:
    loans = make_loans(
        {"loan_id": 1, "birthday": date(2002, 1, 2), "name_housing_type": "Boat"},
        {"loan_id": 2, "id": 8, "birthday": date(2002, 1, 1)},
    )

    delivery = read_loans(write_csv(tmp_path / "loans.csv", loans), AS_OF)

    assert delivery.loans.num_rows == 2
    assert [warning.to_dict() for warning in delivery.warnings] == [
        {
            "rule": "must be House / apartment, With parents, Municipal apartment,"
            " Rented apartment, Office apartment or Co-op apartment",
            "column": "name_housing_type",
            "count": 1,
            "share": 0.5,
            "rows": [2],
            "values": ["Boat"],
            "advice": "Write one of these.",
        },
        {
            "rule": "must not be before the borrower's 18th birthday",
            "column": "loan_date",
            "count": 1,
            "share": 0.5,
            "rows": [2],
            "values": ["2020-01-01"],
            "advice": "Ask whether the birthday is right.",
        },
    ]


@pytest.mark.parametrize("path", [SAMPLE, SHARED_SAMPLE])
def test_the_samples_keep_the_contract(path: Path) -> None:
    if not path.exists():
        pytest.skip("the acceptance sample is not here")

    assert read_loans(path, AS_OF).warnings == []


_BITS = st.sampled_from(
    [b'"', b"\n", b"\r", b",", b"\x00", b"\xff", b"\xef\xbb\xbf", b" ", b"0", b"-"]
)


@settings(max_examples=200)
@given(st.data())
def test_whatever_the_bytes_a_file_is_read_or_rejected(data: st.DataObject) -> None:
    with TemporaryDirectory() as directory:
        path = write_csv(
            Path(directory) / "loans.csv", make_loans(*({"loan_id": loan} for loan in range(1, 5)))
        )
        content = path.read_bytes()
        for _ in range(data.draw(st.integers(1, 4))):
            place = data.draw(st.integers(0, len(content)))
            end = place + data.draw(st.integers(0, 3))
            added = data.draw(st.one_of(_BITS, st.binary(max_size=4)))
            content = content[:place] + added + content[end:]
        path.write_bytes(content)

        try:
            loans = read_loans(path, AS_OF).loans
        except RejectedFileError:
            event("rejected")
        else:
            event("read")
            assert loans.num_rows == sum(map(bool, content.splitlines())) - 1
