"""Turn texts into typed values one by one, where the reader gives up on all of them."""

import pyarrow as pa
import pyarrow.compute as pc

from training.contract import CATEGORY, Column


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
