"""Read valid raw files of any layout."""

import csv
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
from training.reading.raw_file import read_loans


def test_a_valid_file_is_read_with_its_types(loan_file: Path) -> None:
    loans = read_loans(loan_file, AS_OF).loans

    assert loans.column_names == list(RAW_COLUMNS)
    assert loans["status"].to_pylist() == [None, 1.0, 0.0]
    assert loans["job_start_date"].to_pylist()[0] == PENSIONER
    assert pa.types.is_date32(loans.schema.field("birthday").type)


def test_columns_that_are_not_kept_are_checked_too(loan_file: Path) -> None:
    frame = pd.read_csv(loan_file).assign(flag_mobil=7)
    frame.to_csv(loan_file, index=False)

    with pytest.raises(RejectedFileError, match="flag_mobil: must be 0 or 1; 3 rows break this"):
        read_loans(loan_file, AS_OF, ["loan_id"])


def test_the_columns_asked_for_are_kept_in_that_order(loan_file: Path) -> None:
    loans = read_loans(loan_file, AS_OF, ["status", "loan_id"]).loans

    assert loans.column_names == ["status", "loan_id"]
    assert loans["loan_id"].to_pylist() == [1, 2, 3]


def test_column_order_extra_columns_and_line_ends_do_not_matter(
    loan_file: Path,
) -> None:
    expected = read_loans(loan_file, AS_OF).loans
    frame = pd.read_csv(loan_file)[list(RAW_COLUMNS[::-1])].assign(note="x")
    text = "\ufeff" + frame.to_csv(index=False, sep=";", lineterminator="\r\n")
    loan_file.write_bytes(text.encode())

    loans = read_loans(loan_file, AS_OF).loans

    assert loans.equals(expected)


def test_quoted_values_are_read_like_unquoted_ones(loan_file: Path) -> None:
    expected = read_loans(loan_file, AS_OF).loans
    frame = pd.read_csv(loan_file, dtype=str, keep_default_na=False)
    frame.to_csv(loan_file, index=False, quoting=csv.QUOTE_ALL)

    assert read_loans(loan_file, AS_OF).loans.equals(expected)


def test_a_file_of_several_blocks_is_read_completely_and_in_order(
    tmp_path: Path, long_lines: list[str]
) -> None:
    path = tmp_path / "loans.csv"
    for line_end in ("\n", "\r\n", "\r", "\n\n"):
        path.write_bytes(line_end.join(long_lines).encode())

        loans = read_loans(path, AS_OF).loans

        assert loans["loan_id"].to_pylist() == list(range(1, 60_001))


def test_unusual_values_are_warnings_and_do_not_reject_the_file(tmp_path: Path) -> None:
    loans = make_loans(
        {"loan_id": 1, "birthday": date(2002, 1, 2), "name_housing_type": "Boat"},
        {"loan_id": 2, "id": 8, "birthday": date(2002, 1, 1)},
    )

    found = read_loans(write_csv(tmp_path / "loans.csv", loans), AS_OF)

    assert found.loans.num_rows == 2
    assert [warning.to_dict() for warning in found.warnings] == [
        {
            "rule": "must be House / apartment, With parents, Municipal apartment,"
            " Rented apartment, Office apartment or Co-op apartment",
            "column": "name_housing_type",
            "count": 1,
            "share": 0.5,
            "rows": [2],
            "values": ["Boat"],
            "advice": "Use one of these values.",
        },
        {
            "rule": "must not be before the borrower's 18th birthday",
            "column": "loan_date",
            "count": 1,
            "share": 0.5,
            "rows": [2],
            "values": ["2020-01-01"],
            "advice": "Check the birthday at its source.",
        },
    ]


@pytest.mark.parametrize("path", [SAMPLE, SHARED_SAMPLE])
def test_the_samples_meet_the_contract_without_warnings(path: Path) -> None:
    if not path.exists():
        pytest.skip("the acceptance sample is not available")

    assert read_loans(path, AS_OF).warnings == []


_FRAGMENTS = st.sampled_from(
    [b'"', b"\n", b"\r", b",", b"\x00", b"\xff", b"\xef\xbb\xbf", b" ", b"0", b"-"]
)


@settings(max_examples=200)
@given(st.data())
def test_any_bytes_are_either_read_or_rejected(data: st.DataObject) -> None:
    with TemporaryDirectory() as directory:
        path = write_csv(
            Path(directory) / "loans.csv", make_loans(*({"loan_id": loan} for loan in range(1, 5)))
        )
        content = path.read_bytes()
        for _ in range(data.draw(st.integers(1, 4))):
            start = data.draw(st.integers(0, len(content)))
            end = start + data.draw(st.integers(0, 3))
            added = data.draw(st.one_of(_FRAGMENTS, st.binary(max_size=4)))
            content = content[:start] + added + content[end:]
        path.write_bytes(content)

        try:
            loans = read_loans(path, AS_OF).loans
        except RejectedFileError:
            event("rejected")
        else:
            event("read")
            assert loans.num_rows == sum(map(bool, content.splitlines())) - 1
