"""Texts of one letter: read as a byte each, which is faster than looking every text up."""

import numpy as np
import pyarrow as pa

LETTER = pa.binary(1)
"""The type of a column while every text in it is one byte of ASCII, or blank."""


def encode_letters(letters: pa.Array) -> pa.DictionaryArray:
    """Encode letters as the CSV reader encodes texts: in the order in which they come first.

    Parameters
    ----------
    letters : pyarrow.Array of fixed-size binary
        ASCII, not sliced.
    """
    if letters.null_count:
        return letters.cast(pa.binary()).cast(pa.string()).dictionary_encode()
    codes = np.frombuffer(letters.buffers()[1], np.uint8, len(letters))
    distinct = np.flatnonzero(np.bincount(codes)).tolist()
    distinct.sort(key=lambda code: (codes == code).argmax())
    indices = np.zeros(256, np.int32)
    indices[distinct] = np.arange(len(distinct))
    texts = pa.array([chr(code) for code in distinct], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(indices[codes]), texts)
