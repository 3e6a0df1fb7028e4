"""Texts to typed values: the CSV parser, and casts one by one where it gives up."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from training.reading.contract import CATEGORY, CONTRACT, Column
from training.reading.header import Header

_BLANKS = ("", "NA", "NaN", "nan", "null", "NULL", "None")

TYPES = {name: column.arrow_type for name, column in CONTRACT.items()}

SCHEMA = pa.schema(TYPES)
"""How loans are held after reading."""


def parse_csv(
    content: bytes,
    header: Header,
    types: dict[str, pa.DataType],
    parsing: pa_csv.ParseOptions | None = None,
) -> pa.Table:
    """Parse lines.

    Parameters
    ----------
    content : bytes
        The lines.
    header : Header
        What parts the values and what the columns are called.
    types : dict of str to pyarrow.DataType
        The columns to read.
    parsing : pyarrow.csv.ParseOptions, optional
        When ragged rows are to be looked at; else they raise.

    Raises
    ------
    pyarrow.ArrowInvalid
        At the first value that does not fit.
    """
    return pa_csv.read_csv(
        pa.BufferReader(content),
        read_options=pa_csv.ReadOptions(
            # Blocks are read side by side already, and one of Arrow's holds all of one of ours.
            use_threads=False,
            block_size=len(content) + 1,
            column_names=header.names,
        ),
        parse_options=parsing or pa_csv.ParseOptions(delimiter=header.delimiter),
        convert_options=pa_csv.ConvertOptions(
            include_columns=list(types),
            column_types=types,
            null_values=list(_BLANKS),
            strings_can_be_null=True,
        ),
    )


def cast_column(values: pa.Array, column: Column) -> pa.Array:
    """Cast texts by the parser that the CSV reader uses.

    Parameters
    ----------
    values : pyarrow.Array of binary
        What stands in the file.
    column : Column
        What it must be.

    Returns
    -------
    pyarrow.Array
        As the contract says; null for what the parser does not take.
    """
    encoded = values.dictionary_encode()
    texts = pa.concat_arrays(_cast_all(encoded.dictionary, pa.string()))
    if column.arrow_type == CATEGORY:
        return texts.take(encoded.indices).dictionary_encode()
    trimmed = pc.ascii_trim(texts, " \t")
    promising = pc.match_substring_regex(trimmed, column.pattern)
    tried = pc.if_else(promising, trimmed, pa.scalar(None, pa.string()))
    return pa.concat_arrays(_cast_all(tried, column.arrow_type)).take(encoded.indices)


def _cast_all(values: pa.Array, arrow_type: pa.DataType) -> list[pa.Array]:
    try:
        return [values.cast(arrow_type)]
    except pa.ArrowInvalid:
        if len(values) == 1:
            return [pa.nulls(1, arrow_type)]
        middle = len(values) // 2
        halves = values[:middle], values[middle:]
        return [part for half in halves for part in _cast_all(half, arrow_type)]
