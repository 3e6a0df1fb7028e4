"""Convert text to typed values: many lines at once, or value by value after a failure."""

import io
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from training.reading.contract import CATEGORY, CONTRACT, Column
from training.reading.header import Header
from training.reading.letters import LETTER, encode_letters

_BLANKS = ("", "NA", "NaN", "nan", "null", "NULL", "None")

TYPES = {name: column.arrow_type for name, column in CONTRACT.items()}

_TYPES_WITH_LETTERS = {
    name: LETTER if column.is_letter else column.arrow_type for name, column in CONTRACT.items()
}

SCHEMA = pa.schema(TYPES)
"""The types of the loans after reading."""


def parse_typed(parts: Sequence[bytes], header: Header) -> pa.Table:
    """Parse lines of CSV into the contract's columns, each of a single chunk.

    Parameters
    ----------
    parts : sequence of bytes
        Whole lines, in file order.
    header : Header
        The delimiter and the names of the columns.

    Raises
    ------
    pyarrow.ArrowInvalid
        At the first value that cannot be converted.
    """
    # A byte above ASCII would pass for a letter.
    if _is_ascii(parts):
        try:
            loans = parse_csv(parts, header, _TYPES_WITH_LETTERS).combine_chunks()
        except pa.ArrowInvalid:
            # Perhaps a text is longer than a letter.
            pass
        else:
            return _encode_all_letters(loans)
    return parse_csv(parts, header, TYPES).combine_chunks()


def parse_csv(
    parts: Sequence[bytes],
    header: Header,
    types: dict[str, pa.DataType],
    options: pa_csv.ParseOptions | None = None,
) -> pa.Table:
    """Parse lines of CSV, each part as a chunk of the table.

    Parameters
    ----------
    parts : sequence of bytes
        Whole lines, in file order.
    header : Header
        The delimiter and the names of the columns.
    types : dict of str to pyarrow.DataType
        The columns to read.
    options : pyarrow.csv.ParseOptions, optional
        To handle ragged rows; by default they raise.

    Raises
    ------
    pyarrow.ArrowInvalid
        At the first value that cannot be converted.
    """
    return pa_csv.read_csv(
        _PartReader(parts),
        read_options=pa_csv.ReadOptions(
            # Our blocks are read in parallel already.
            use_threads=False,
            # A read must not give more than this.
            block_size=max(map(len, parts)),
            column_names=header.names,
        ),
        parse_options=options or pa_csv.ParseOptions(delimiter=header.delimiter),
        convert_options=pa_csv.ConvertOptions(
            include_columns=list(types),
            column_types=types,
            # ASCII is UTF-8: the check of each value is saved.
            check_utf8=not _is_ascii(parts),
            null_values=list(_BLANKS),
            strings_can_be_null=True,
        ),
    )


class _PartReader(io.RawIOBase):
    """Gives one part per read, so that Arrow parses it as a block.

    Arrow reads from a thread of its own. When it cuts the lines by itself, an open quote passes in
    the line that crosses the last cut.
    """

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)

    def readable(self) -> bool:
        return True

    def read(self, _size: int = -1) -> bytes:
        return next(self._parts, b"")


def _is_ascii(parts: Iterable[bytes]) -> bool:
    return all(part.isascii() for part in parts)


def _encode_all_letters(loans: pa.Table) -> pa.Table:
    columns = [
        encode_letters(column.combine_chunks()) if column.type == LETTER else column
        for column in loans.columns
    ]
    return pa.table(columns, schema=SCHEMA)


def cast_column(values: pa.Array, column: Column) -> pa.Array:
    """Cast the values of a column one by one, as the CSV reader would.

    Parameters
    ----------
    values : pyarrow.Array of binary
        The values as written in the file.
    column : Column
        The column's type and pattern.

    Returns
    -------
    pyarrow.Array
        Typed by the contract; null for values that the CSV reader does not accept.
    """
    encoded = values.dictionary_encode()
    texts = _decode_all(encoded.dictionary)
    if column.arrow_type == CATEGORY:
        return texts.take(encoded.indices).dictionary_encode()
    trimmed = pc.ascii_trim(texts, " \t")
    plausible = pc.match_substring_regex(trimmed, column.pattern)
    candidates = pc.if_else(plausible, trimmed, pa.scalar(None, pa.string()))
    return pa.concat_arrays(_cast_all(candidates, column.arrow_type)).take(encoded.indices)


def _decode_all(values: pa.Array) -> pa.Array:
    try:
        return values.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([_decode(value) for value in values.to_pylist()], pa.string())


def _decode(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _cast_all(values: pa.Array, arrow_type: pa.DataType) -> list[pa.Array]:
    try:
        return [values.cast(arrow_type)]
    except pa.ArrowInvalid:
        if len(values) == 1:
            return [pa.nulls(1, arrow_type)]
        middle = len(values) // 2
        halves = values[:middle], values[middle:]
        return [part for half in halves for part in _cast_all(half, arrow_type)]
