"""Read the raw file, or say everything that keeps it from being read."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from shared.errors import RejectedFileError
from training.contract import CONTRACT, NO_LOANS, RAW_COLUMNS, Column, check_loans

_DELIMITERS = ",;\t|"
_HEADER_BYTES = 64 * 1024
_DISGUISES = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"PAR1": "Parquet", b"BZh": "bzip2"}
_BLANKS = ("", "NA", "NaN", "nan", "null", "NULL", "None")


def read_loans(path: Path, as_of: date) -> pa.Table:
    """Read a raw file that keeps the data contract.

    Parameters
    ----------
    path : Path
        A CSV file in UTF-8 with a header; columns in any order, further ones are ignored.
    as_of : datetime.date
        The day of the run: nothing in the file may be later.

    Returns
    -------
    pyarrow.Table of shape (n_loans, 24)
        Typed as the contract says, in the file's order.

    Raises
    ------
    RejectedFileError
        With all that is wrong with the file.
    """
    delimiter = _find_delimiter(path)
    loans = _read_typed(path, delimiter)
    problems = check_loans(loans, as_of)
    if problems:
        raise RejectedFileError(problems)
    return loans


def _find_delimiter(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(_HEADER_BYTES)
    if not head.strip():
        raise RejectedFileError([f"The file is empty: expected a CSV with {_columns_in_words()}."])
    for magic, name in _DISGUISES.items():
        if head.startswith(magic):
            raise RejectedFileError([f"The file is {name}, not CSV: unpack it and drop it again."])
    # A byte that is no UTF-8 shows in a name that no column has, or below with its line.
    header, *below = head.decode("utf-8-sig", errors="replace").splitlines()
    delimiter = max(_DELIMITERS, key=lambda d: len(_split(header, d) & set(RAW_COLUMNS)))
    _check_header(header, delimiter)
    if not below:
        raise RejectedFileError([NO_LOANS])
    return delimiter


def _split(header: str, delimiter: str) -> set[str]:
    return set(next(csv.reader([header], delimiter=delimiter), []))


def _check_header(header: str, delimiter: str) -> None:
    names = Counter(next(csv.reader([header], delimiter=delimiter), []))
    if not set(names) & set(RAW_COLUMNS):
        raise RejectedFileError(
            [
                f"The file is not a CSV of loans: expected {_columns_in_words()} in the first line,"
                f" it starts with {header[:60]!r}."
            ]
        )
    missing = [name for name in RAW_COLUMNS if name not in names]
    problems = [f"Column {name} is missing: add it." for name in missing]
    problems += [
        f"Column {name} stands {count} times in the header: keep one."
        for name, count in names.items()
        if count > 1 and name in CONTRACT
    ]
    if problems:
        raise RejectedFileError(problems)


def _columns_in_words() -> str:
    return f"the {len(RAW_COLUMNS)} columns {', '.join(RAW_COLUMNS[:3])}, ... {RAW_COLUMNS[-1]}"


def _read_typed(path: Path, delimiter: str) -> pa.Table:
    ragged: list[pa_csv.InvalidRow] = []

    def keep_ragged(row: pa_csv.InvalidRow) -> str:
        ragged.append(row)
        return "skip"

    parsing = pa_csv.ParseOptions(delimiter=delimiter, invalid_row_handler=keep_ragged)
    types = {name: column.arrow_type for name, column in CONTRACT.items()}
    try:
        loans = pa_csv.read_csv(path, parse_options=parsing, convert_options=_conversion(types))
    except pa.ArrowInvalid as error:
        problems = list(_find_wrong_types(path, delimiter))
        raise RejectedFileError(problems or [f"The file cannot be read: {error}."]) from None
    if ragged:
        raise RejectedFileError([_describe_ragged(ragged)])
    return loans


def _conversion(types: dict[str, pa.DataType]) -> pa_csv.ConvertOptions:
    return pa_csv.ConvertOptions(
        include_columns=list(RAW_COLUMNS),
        column_types=types,
        null_values=list(_BLANKS),
        strings_can_be_null=True,
    )


def _describe_ragged(rows: list[pa_csv.InvalidRow]) -> str:
    first = rows[0]
    return (
        f"Every row must have the header's {first.expected_columns} values; {len(rows):,} have"
        f" not, the first has {first.actual_columns}: {first.text[:80]!r}."
    )


@dataclass
class _Misfits:
    count: int = 0
    first_line: int = 0
    first_value: str = ""


def _find_wrong_types(path: Path, delimiter: str) -> Iterator[str]:
    """Read the file again as bytes, block by block, and try every value by itself."""
    parsing = pa_csv.ParseOptions(delimiter=delimiter, invalid_row_handler=lambda _: "skip")
    conversion = _conversion(dict.fromkeys(RAW_COLUMNS, pa.binary()))
    misfits = {name: _Misfits() for name in RAW_COLUMNS}
    line = 2
    with pa_csv.open_csv(path, parse_options=parsing, convert_options=conversion) as blocks:
        for block in blocks:
            for name, column in CONTRACT.items():
                _try_values(block[name], column, misfits[name], line)
            line += block.num_rows
    for name, found in misfits.items():
        if found.count:
            rows = "1 row holds" if found.count == 1 else f"{found.count:,} rows hold"
            yield (
                f"{name}: expected {CONTRACT[name].expected}; {rows} something else,"
                f" first line {found.first_line} with {found.first_value!r}."
            )


def _try_values(values: pa.Array, column: Column, found: _Misfits, first_line: int) -> None:
    for offset, value in enumerate(values.to_pylist()):
        if value is None:
            continue
        try:
            column.parse(value.decode())
        except ValueError:
            if not found.count:
                found.first_line = first_line + offset
                found.first_value = value[:40].decode(errors="replace")
            found.count += 1
