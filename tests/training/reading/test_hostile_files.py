"""Files made to exhaust the reader: rejected with a reason, in bounded memory and time."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT
from tests.support.portfolios import AS_OF, make_loans, write_csv
from tests.support.raw_files import read_problems, replace_once
from training.reading import raw_file
from training.reading.contract import RAW_COLUMNS
from training.reading.raw_file import read_loans

_MIB = 1024 * 1024
_HEADER = (",".join(RAW_COLUMNS) + "\n").encode()
_ROW = make_loans({"loan_id": 1}).to_csv(index=False).encode().splitlines()[1] + b"\n"


def unreadable_rows() -> Iterator[bytes]:
    """Make values that look readable until they are cast, each another one."""
    for place in range(40_000):
        whole, number, day = 2**63 + place, f"{place}e", f"2021-02-{29 + place % 3}"
        row = _ROW.replace(b"1,7,", f"{whole},{whole},".encode(), 1)
        row = row.replace(b"100000.0", number.encode()).replace(b"1980-06-15", day.encode())
        yield row.replace(b"Working", b"\xff%d" % place)


FILES: dict[str, tuple[Callable[[], Iterator[bytes] | list[bytes]], str]] = {
    "a line of 300 MiB": (lambda: [_HEADER, *[b"x" * _MIB] * 300], "A line is longer than"),
    "a line of 100 MiB of commas": (lambda: [_HEADER, *[b"," * _MIB] * 100], "A line is longer"),
    "no line end at all": (lambda: [b"x" * _MIB] * 300, "The file is not a CSV of loans"),
    "a quote that closes 8 MiB later": (
        lambda: [_HEADER, b'"', *[b"a" * (_MIB - 1)] * 8, b'"\n'],
        "row: must have the header's 24 values",
    ),
    "only quotes": (lambda: [_HEADER, *[b'"' * (_MIB - 1)] * 7, b"\n"], "row: must close every"),
    "a million columns": (
        lambda: [_HEADER[:-1], *(b",c%d" % place for place in range(1_000_000)), b"\n", _ROW],
        "The header is too long",
    ),
    "a row of a million values": (
        lambda: [_HEADER, _ROW, b"," * 1_000_000 + b"\n"],
        "row: must have the header's 24 values",
    ),
    "only line ends": (lambda: [_HEADER, *[b"\n" * _MIB] * 100], "A part of the file has"),
    "lines of one digit": (lambda: [_HEADER, *[b"1\n" * (_MIB // 2)] * 100], "A part of the"),
    "a quote opened in every line": (
        lambda: [_HEADER, b'"1,2,3,4\n' * 1_500_000],
        "Reading ended at line",
    ),
    "values that fail one by one": (
        lambda: iter([_HEADER, *unreadable_rows()]),
        "loan_id: must be a whole number",
    ),
    "not UTF-8": (lambda: [_HEADER, *[b"\xff\xfe" * 500 + b"\n"] * 20_000], "row: must have"),
    "NUL bytes": (lambda: [_HEADER, *[b"\0" * _MIB] * 100], "A line is longer than"),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_hostile_file_is_rejected_in_bounded_memory_and_time(tmp_path: Path, kind: str) -> None:
    make, expected = FILES[kind]
    path = tmp_path / "loans.csv"
    with path.open("wb") as file:
        file.writelines(make())

    problems, grown_mib = read_bounded(path)
    path.unlink()

    assert problems[0].startswith(expected)
    assert grown_mib < 400


def test_a_line_of_ten_gigabytes_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_bytes(_HEADER + _ROW)
    os.truncate(path, 10 * 1024 * _MIB)

    problems, grown_mib = read_bounded(path)
    path.unlink()

    assert problems == ["A line is longer than 8,388,608 bytes: expected a line per loan."]
    assert grown_mib < 100


def test_compressed_content_is_named_and_never_unpacked(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("loans.csv", b"0" * 100 * _MIB)
    path = tmp_path / "loans.csv"
    path.write_bytes(buffer.getvalue())

    assert read_problems(path)[0].startswith("The file is zip or an Excel workbook, not CSV")


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "\x0b"])
def test_a_text_with_a_control_character_is_reported(loan_file: Path, control: str) -> None:
    replace_once(loan_file, "Working", f"Work{control}ing")

    (problem, *_) = read_problems(loan_file)

    assert problem.startswith("name_income_type: must hold no control characters; 1 row")
    assert problem.isprintable()


def test_control_characters_in_a_header_are_shown_and_not_written(loan_file: Path) -> None:
    replace_once(loan_file, "loan_id", "\x1b]0;title\x07loan_id")

    assert all(problem.isprintable() for problem in read_problems(loan_file))


def test_formulas_in_text_are_data(tmp_path: Path) -> None:
    formulas = ["=cmd|'/C calc'!A0", "+1+1", "@SUM(A1)", "-2+3"]
    loans = make_loans(
        *({"loan_id": 1 + place, "occupation_type": one} for place, one in enumerate(formulas))
    )

    read = read_loans(write_csv(tmp_path / "loans.csv", loans), AS_OF)

    assert read.loans["occupation_type"].to_pylist() == formulas


def test_reading_ends_once_most_lines_hold_no_loan(
    loan_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_file, "MOST_WITHOUT_LOAN", 5)
    with loan_file.open("ab") as file:
        file.write(b"1\n" * 9)

    first, second = read_problems(loan_file)

    assert first.startswith("Reading ended at line 14: 9 lines above it hold no loan, 3 hold one.")
    assert second.startswith("row: must have the header's 24 values; 9 rows break this")


def read_bounded(path: Path) -> tuple[list[str], int]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.support.bounded_reading", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(run.stdout)
    return found["problems"], found["grown_mib"]
