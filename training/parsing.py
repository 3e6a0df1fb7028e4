"""The CSV parser, set up for the raw file."""

import pyarrow as pa
import pyarrow.csv as pa_csv

from training.contract import CONTRACT
from training.header import Header

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
