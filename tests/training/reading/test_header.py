"""Read the header of a raw file."""

import csv
import io
from pathlib import Path

import pytest

from shared.errors import RejectedFileError
from training.reading.contract import RAW_COLUMNS
from training.reading.header import read_header


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def quote_all(names: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="").writerow(names)
    return out.getvalue()


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("above", [b"", b"\n", b"\r\n\r\n"])
@pytest.mark.parametrize("header", [",".join(RAW_COLUMNS), quote_all(RAW_COLUMNS)])
def test_a_header_is_found_below_a_byte_order_mark_and_blank_lines(
    tmp_path: Path, bom: bytes, above: bytes, header: str
) -> None:
    path = write(tmp_path / "loans.csv", bom + above + header.encode() + b"\r\n1,2\r\n")

    found = read_header(path)

    assert found.names == RAW_COLUMNS
    assert found.line == above.count(b"\n") + 1
    assert path.read_bytes()[found.end :] == b"\r\n1,2\r\n"


@pytest.mark.parametrize("delimiter", ",;\t|")
def test_the_delimiter_is_the_one_that_yields_most_known_names(
    tmp_path: Path, delimiter: str
) -> None:
    names = delimiter.join([*RAW_COLUMNS, "a note", "a note"])

    found = read_header(write(tmp_path / "loans.csv", f"{names}\n".encode()))

    assert found.delimiter == delimiter
    assert found.names[:24] == RAW_COLUMNS
    assert len(set(found.names)) == 26


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"PK\x03\x04...", "zip or an Excel workbook"),
        (b"\xd0\xcf\x11\xe0...", "an Excel workbook"),
        (b"\x28\xb5\x2f\xfd...", "zstd"),
        (b"\xfd7zXZ...", "xz"),
        ("loan_id,id".encode("utf-16-le"), "UTF-16"),
        ("loan_id,id".encode("utf-16"), "UTF-16"),
        ((",".join(RAW_COLUMNS) + "," + "x" * 70_000).encode(), "header is too long"),
        (b"5008804,1,F,Y\n", "not a CSV of loans"),
    ],
)
def test_a_file_of_another_format_is_reported_by_name(
    tmp_path: Path, content: bytes, named: str
) -> None:
    with pytest.raises(RejectedFileError, match=named):
        read_header(write(tmp_path / "loans.csv", content))


def test_a_misspelt_name_is_reported_once_beside_a_missing_one(tmp_path: Path) -> None:
    names = ",".join(RAW_COLUMNS[2:]) + ",LOAN_ID"

    with pytest.raises(RejectedFileError) as rejected:
        read_header(write(tmp_path / "loans.csv", names.encode()))

    assert rejected.value.problems == [
        "Column 'LOAN_ID' must be named loan_id: rename it.",
        "Column id is missing: add it.",
    ]
