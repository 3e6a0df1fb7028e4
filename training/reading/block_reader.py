"""Read a block of lines into typed columns, and find all that keeps a value from being one."""

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from shared.errors import RejectedFileError
from training.reading.blocks import count_lines, get_last_line, is_left_open
from training.reading.contract import CONTRACT, RAW_COLUMNS
from training.reading.header import Header
from training.reading.parsing import SCHEMA, TYPES, cast_column, parse_csv
from training.reading.violations import ROW, Rule, ViolationCollector, first_of

_CLOSED = Rule(ROW, "must close every quote on its own line", "Close or remove the quote.")

_BYTES = dict.fromkeys(RAW_COLUMNS, pa.binary())


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that have been read.

    Attributes
    ----------
    loans : pyarrow.Table of shape (n_loans, 24)
        Typed as the contract says; what could not be read is null.
    n_lines : int
        How many lines the block has, blank ones too.
    n_rows : int
        How many of them are not blank.
    lines : list of int, or None
        The line of each loan, from 0; None when every line holds a loan.
    misfits : dict of str to pyarrow.Array
        By column, which values could not be read.
    collector : ViolationCollector
        What is wrong, with lines from 0.
    """

    loans: pa.Table
    n_lines: int
    n_rows: int
    lines: list[int] | None = None
    misfits: dict[str, pa.Array] = field(default_factory=dict)
    collector: ViolationCollector = field(default_factory=ViolationCollector)


def read_block(content: bytes, header: Header) -> Block:
    """Read a block of whole lines.

    Parameters
    ----------
    content : bytes
        The lines.
    header : Header
        What parts the values and what the columns are called.

    Notes
    -----
    Every line that is not blank is either a loan or a finding. The parser alone does not see to
    that: a quote that is left open swallows the lines below it. A value is on one line here, so
    rows and lines must come to the same number.
    """
    n_lines = count_lines(content)
    try:
        loans = parse_csv(content, header, TYPES)
    except pa.ArrowInvalid:
        return _read_carefully(content, header, n_lines)
    if loans.num_rows != n_lines or is_left_open(get_last_line(content), header.delimiter):
        return _read_carefully(content, header, n_lines)
    return Block(loans, n_lines, n_lines)


def _read_carefully(content: bytes, header: Header, n_lines: int) -> Block:
    collector = ViolationCollector()
    lines = [(line, text) for line, text in enumerate(content.splitlines()) if text]
    n_rows = len(lines)
    lines = _drop_left_open(lines, header, collector)
    lines = _drop_ragged(lines, header, collector)
    if not lines:
        return Block(SCHEMA.empty_table(), n_lines, n_rows, [], {}, collector)
    loans = _parse_rows(lines, header)
    numbers = [line for line, _ in lines]
    typed, misfits = _type_columns(loans, numbers, collector)
    return Block(typed, n_lines, n_rows, numbers, misfits, collector)


def _parse_rows(lines: list[tuple[int, bytes]], header: Header) -> pa.Table:
    try:
        loans = parse_csv(_join(lines), header, _BYTES)
    except pa.ArrowInvalid as error:
        raise RejectedFileError([f"The file cannot be read: {error}."]) from None
    if loans.num_rows != len(lines):
        raise RejectedFileError(
            [f"The file cannot be read: {len(lines):,} lines came out as {loans.num_rows:,} rows."]
        )
    return loans


def _join(lines: list[tuple[int, bytes]]) -> bytes:
    return b"\n".join(text for _, text in lines) + b"\n"


def _drop_left_open(
    lines: list[tuple[int, bytes]], header: Header, collector: ViolationCollector
) -> list[tuple[int, bytes]]:
    places = [
        place for place, (_, text) in enumerate(lines) if is_left_open(text, header.delimiter)
    ]
    return _drop(lines, places, _CLOSED, collector)


def _drop_ragged(
    lines: list[tuple[int, bytes]], header: Header, collector: ViolationCollector
) -> list[tuple[int, bytes]]:
    if not lines:
        return lines
    places: list[int] = []

    def keep_place(row: pa_csv.InvalidRow) -> str:
        places.append(row.number - 1)
        return "skip"

    parsing = pa_csv.ParseOptions(delimiter=header.delimiter, invalid_row_handler=keep_place)
    # Arrow cannot tell of a ragged row that is no UTF-8; where values are parted is the same.
    content = _join(lines).decode(errors="replace").encode()
    parse_csv(content, header, {RAW_COLUMNS[0]: pa.binary()}, parsing)
    rule = Rule(
        ROW,
        f"must have the header's {len(header.names)} values",
        "Add or remove values, or put quotes around a value that holds the delimiter.",
    )
    return _drop(lines, places, rule, collector)


def _drop(
    lines: list[tuple[int, bytes]], places: list[int], rule: Rule, collector: ViolationCollector
) -> list[tuple[int, bytes]]:
    told = [lines[place] for place in first_of(places)]
    collector.add(rule, len(places), [line for line, _ in told], [text for _, text in told])
    dropped = set(places)
    return [line for place, line in enumerate(lines) if place not in dropped]


def _type_columns(
    loans: pa.Table, lines: list[int], collector: ViolationCollector
) -> tuple[pa.Table, dict[str, pa.Array]]:
    columns, misfits = {}, {}
    for name, column in CONTRACT.items():
        values = loans[name].combine_chunks()
        typed = cast_column(values, column)
        columns[name] = typed
        misfit = pc.and_(pc.is_null(typed), pc.is_valid(values))
        count = pc.sum(misfit).as_py()
        if count:
            misfits[name] = misfit
            places = first_of(pc.indices_nonzero(misfit).to_numpy())
            told = [values[place].as_py() for place in places]
            collector.add(column.misfit(name), count, [lines[place] for place in places], told)
    return pa.table(columns, schema=SCHEMA), misfits
