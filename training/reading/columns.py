"""The columns of a file, joined from its blocks."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from training.reading.contract import CATEGORY


class ColumnBuilder:
    """Joins the parts of a column as they come, so that the column is never in memory twice.

    Parameters
    ----------
    arrow_type : pyarrow.DataType
        Of numbers, dates, or texts as a category.
    expected_length : int
        Room is made for as many values at first. Room that is not used takes no memory.
    """

    def __init__(self, arrow_type: pa.DataType, expected_length: int) -> None:
        self._type = arrow_type
        self._codes: dict[str, int] = {}
        stored = pa.int32() if arrow_type in (CATEGORY, pa.date32()) else arrow_type
        self._values = np.empty(expected_length, stored.to_pandas_dtype())
        self._blank: npt.NDArray[np.bool_] | None = None
        self._length = 0

    def append(self, part: pa.Array) -> None:
        """Append the values of a block, which may be blank."""
        start, self._length = self._length, self._length + len(part)
        if self._length > len(self._values):
            self._enlarge(start)
        if part.null_count:
            self._mark_blanks(part, start)
        self._values[start : self._length] = self._to_numbers(part)

    def finish(self) -> pa.Array:
        """Give all values as one array; the builder is not used any more."""
        blank = None if self._blank is None else self._blank[: self._length]
        numbers = pa.array(self._values[: self._length], mask=blank)
        if self._type == CATEGORY:
            return pa.DictionaryArray.from_arrays(numbers, pa.array(self._codes, pa.string()))
        return numbers.view(self._type)

    def _enlarge(self, used: int) -> None:
        length = max(self._length, 2 * len(self._values))
        self._values = _copy_to_length(self._values[:used], length)
        if self._blank is not None:
            self._blank = _copy_to_length(self._blank[:used], length)

    def _mark_blanks(self, part: pa.Array, start: int) -> None:
        if self._blank is None:
            self._blank = np.zeros(len(self._values), np.bool_)
        self._blank[start : self._length] = part.is_null().to_numpy(zero_copy_only=False)

    def _to_numbers(self, part: pa.Array) -> npt.NDArray[Any]:
        if self._type != CATEGORY:
            numbers = part.view(pa.int32()) if self._type == pa.date32() else part
            return _to_array(numbers)
        texts = part.dictionary.to_pylist()
        codes = [self._codes.setdefault(text, len(self._codes)) for text in texts] or [0]
        indices = _to_array(part.indices)
        in_order = codes == list(range(len(codes)))
        return indices if in_order else np.array(codes, np.int32).take(indices)


def _to_array(numbers: pa.Array) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = (numbers.fill_null(0) if numbers.null_count else numbers).to_numpy()
    return array


def _copy_to_length[T: np.generic](values: npt.NDArray[T], length: int) -> npt.NDArray[T]:
    longer = np.zeros(length, values.dtype)
    longer[: len(values)] = values
    return longer
