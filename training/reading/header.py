"""The header of the raw file: its delimiter and its columns."""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from shared.errors import RejectedFileError
from training.reading.contract import CONTRACT, RAW_COLUMNS

_DELIMITERS = ",;\t|"
_MAX_HEADER_BYTES = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_OTHER_FORMATS = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an Excel workbook",
    b"PAR1": "Parquet",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7z",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"ARROW1": "Arrow",
    b"SQLite": "SQLite",
}


@dataclass(frozen=True, slots=True)
class Header:
    """The layout of the rows.

    Attributes
    ----------
    delimiter : str
        The character between values.
    names : tuple of str
        A name per column; columns outside the contract get unique placeholder names.
    line : int
        The header's line number in the file, from 1.
    end : int
        The offset of the header's line end.
    """

    delimiter: str
    names: tuple[str, ...]
    line: int
    end: int


def read_header(path: Path) -> Header:
    """Read the header of a CSV of loans.

    Parameters
    ----------
    path : Path
        The raw file.

    Raises
    ------
    RejectedFileError
        With every problem in the header, or the format of a file that is not a CSV.
    """
    with path.open("rb") as file:
        head = file.read(_MAX_HEADER_BYTES)
    _check_format(head)
    blank = head.removeprefix(_BOM)
    text = blank.lstrip(b"\r\n")
    first = text.splitlines()[0]
    end = len(head) - len(text) + len(first)
    above = blank[: len(blank) - len(text)]
    # Invalid UTF-8 yields a name that matches no column.
    header = first.decode(errors="replace")
    delimiter = max(_DELIMITERS, key=lambda d: len(_normalise_names(header, d) & set(RAW_COLUMNS)))
    names = _split(header, delimiter)
    _check_names(header, names)
    if end == _MAX_HEADER_BYTES:
        raise RejectedFileError(["The header is too long: expected it within 64 KiB."])
    columns = tuple(name if name in CONTRACT else f"#{i}" for i, name in enumerate(names))
    return Header(delimiter, columns, len(above.splitlines()) + 1, end)


def _check_format(head: bytes) -> None:
    if not head.removeprefix(_BOM).strip():
        raise RejectedFileError([f"The file is empty: expected a CSV with {_describe_columns()}."])
    for magic, name in _OTHER_FORMATS.items():
        if head.startswith(magic):
            raise RejectedFileError(
                [f"The file is {name}, not CSV: export it as CSV in UTF-8 and drop it again."]
            )
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head[:200]:
        raise RejectedFileError(
            ["The file is UTF-16 or binary: save it as CSV in UTF-8 and drop it again."]
        )


def _split(header: str, delimiter: str) -> list[str]:
    return next(csv.reader([header], delimiter=delimiter), [])


def _normalise_names(header: str, delimiter: str) -> set[str]:
    return {_normalise(name) for name in _split(header, delimiter)}


def _normalise(name: str) -> str:
    return name.strip().lower()


def _check_names(header: str, names: list[str]) -> None:
    counts = Counter(names)
    normalised = {_normalise(name): name for name in names}
    if not set(normalised) & set(RAW_COLUMNS):
        raise RejectedFileError(
            [
                f"The file is not a CSV of loans: expected {_describe_columns()} in the first"
                f" line, separated by commas, semicolons, tabs or pipes; it starts with"
                f" {header[:60]!r}."
            ]
        )
    problems = [
        f"Column {normalised[name]!r} must be named {name}: rename it."
        if name in normalised
        else f"Column {name} is missing: add it."
        for name in RAW_COLUMNS
        if name not in counts
    ]
    problems += [
        f"Column {name} appears {count} times in the header: keep one."
        for name, count in counts.items()
        if count > 1 and name in CONTRACT
    ]
    if problems:
        raise RejectedFileError(problems)


def _describe_columns() -> str:
    return f"the {len(RAW_COLUMNS)} columns {', '.join(RAW_COLUMNS[:3])}, ... {RAW_COLUMNS[-1]}"
