"""Read a block of lines into typed columns, and report every value that cannot be read."""

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from shared.errors import RejectedFileError
from training.reading.blocks import count_lines, cut_block, get_last_line, has_unclosed_quote
from training.reading.contract import CONTRACT, RAW_COLUMNS
from training.reading.header import Header
from training.reading.parsing import SCHEMA, cast_column, parse_csv, parse_typed
from training.reading.violations import ROW, Rule, ViolationCollector, take_examples

_QUOTES_CLOSED = Rule(ROW, "must close every quote on its own line", "Close or remove the quote.")

_PART_BYTES = 512 * 1024
"""Arrow goes through a part once for each column: one of this size stays in the cache."""

_MOST_FAULTY_LINES = 500_000
"""In a block of 4 MiB, lines of eight bytes: each is held by itself, with all that Python adds."""

_BYTES = dict.fromkeys(RAW_COLUMNS, pa.binary())

type _Lines = list[tuple[int, bytes]]
"""The number of each line in its block, from 0, and its text."""


@dataclass(frozen=True, slots=True)
class Block:
    """The loans read from a block of lines.

    Attributes
    ----------
    loans : pyarrow.Table of shape (n_loans, 24)
        Typed by the contract; unreadable values are null.
    n_lines : int
        The number of lines in the block, including blank ones.
    n_rows : int
        The number of lines that are not blank.
    lines : list of int, or None
        The line of each loan, from 0; None when every line holds a loan.
    unreadable : dict of str to pyarrow.Array
        By column, a mask of the values that could not be read.
    collector : ViolationCollector
        The violations found, with line numbers from 0.
    """

    loans: pa.Table
    n_lines: int
    n_rows: int
    lines: list[int] | None = None
    unreadable: dict[str, pa.Array] = field(default_factory=dict)
    collector: ViolationCollector = field(default_factory=ViolationCollector)


def read_block(content: bytes, header: Header) -> Block:
    """Read a block of whole lines.

    Parameters
    ----------
    content : bytes
        The lines.
    header : Header
        The delimiter and the names of the columns.

    Notes
    -----
    Every line that is not blank becomes either a loan or a violation. The parser alone does not
    guarantee that: an unclosed quote swallows the lines below it. A value may not span lines here,
    so the number of rows must equal the number of lines. A quote left open on the last line
    swallows none: that line is checked by itself.
    """
    n_lines = count_lines(content)
    try:
        loans = parse_typed(list(cut_block(content, _PART_BYTES)), header)
    except pa.ArrowInvalid:
        return _read_faulty_block(content, header, n_lines)
    if loans.num_rows != n_lines or has_unclosed_quote(get_last_line(content), header.delimiter):
        return _read_faulty_block(content, header, n_lines)
    return Block(loans, n_lines, n_lines)


def _read_faulty_block(content: bytes, header: Header, n_lines: int) -> Block:
    if n_lines > _MOST_FAULTY_LINES:
        raise RejectedFileError(
            [
                f"A part of the file has {n_lines:,} lines in {len(content):,} bytes:"
                f" expected a line of {len(RAW_COLUMNS)} values per loan."
            ]
        )
    collector = ViolationCollector()
    lines = [(number, text) for number, text in enumerate(content.splitlines()) if text]
    n_rows = len(lines)
    lines = _drop_unclosed(lines, header, collector)
    lines = _drop_ragged(lines, header, collector)
    if not lines:
        return Block(SCHEMA.empty_table(), n_lines, n_rows, [], {}, collector)
    loans = _parse_lines(lines, header)
    numbers = [number for number, _ in lines]
    typed, unreadable = _cast_columns(loans, numbers, collector)
    return Block(typed, n_lines, n_rows, numbers, unreadable, collector)


def _parse_lines(lines: _Lines, header: Header) -> pa.Table:
    try:
        loans = parse_csv([_join(lines)], header, _BYTES)
    except pa.ArrowInvalid as error:
        raise RejectedFileError([f"The file cannot be read: {str(error)[:200]!r}."]) from None
    if loans.num_rows != len(lines):
        raise RejectedFileError(
            [f"The file cannot be read: {len(lines):,} lines gave {loans.num_rows:,} rows."]
        )
    return loans


def _join(lines: _Lines) -> bytes:
    return b"\n".join(text for _, text in lines) + b"\n"


def _drop_unclosed(lines: _Lines, header: Header, collector: ViolationCollector) -> _Lines:
    indices = [
        index for index, (_, text) in enumerate(lines) if has_unclosed_quote(text, header.delimiter)
    ]
    return _drop(lines, indices, _QUOTES_CLOSED, collector)


def _drop_ragged(lines: _Lines, header: Header, collector: ViolationCollector) -> _Lines:
    if not lines:
        return lines
    indices: list[int] = []

    def skip_row(row: pa_csv.InvalidRow) -> str:
        indices.append(row.number - 1)
        return "skip"

    options = pa_csv.ParseOptions(delimiter=header.delimiter, invalid_row_handler=skip_row)
    # Arrow cannot report a ragged row that is not UTF-8; replacing bytes moves no delimiter.
    content = _join(lines).decode(errors="replace").encode()
    parse_csv([content], header, {RAW_COLUMNS[0]: pa.binary()}, options)
    rule = Rule(
        ROW,
        f"must have the header's {len(header.names)} values",
        "Add or remove values, or quote a value that contains the delimiter.",
    )
    return _drop(lines, indices, rule, collector)


def _drop(lines: _Lines, indices: list[int], rule: Rule, collector: ViolationCollector) -> _Lines:
    examples = [lines[index] for index in take_examples(indices)]
    numbers, texts = [number for number, _ in examples], [text for _, text in examples]
    collector.add(rule, len(indices), numbers, texts)
    dropped = set(indices)
    return [line for index, line in enumerate(lines) if index not in dropped]


def _cast_columns(
    loans: pa.Table, numbers: list[int], collector: ViolationCollector
) -> tuple[pa.Table, dict[str, pa.Array]]:
    columns, unreadable = {}, {}
    for name, column in CONTRACT.items():
        values = loans[name].combine_chunks()
        typed = cast_column(values, column)
        columns[name] = typed
        failed = pc.and_(pc.is_null(typed), pc.is_valid(values))
        count = pc.sum(failed).as_py()
        if count:
            unreadable[name] = failed
            rows = take_examples(pc.indices_nonzero(failed).to_numpy())
            examples = [values[row].as_py() for row in rows]
            collector.add(column.type_rule(name), count, [numbers[row] for row in rows], examples)
    return pa.table(columns, schema=SCHEMA), unreadable
