"""The training table of a release: every loan's features and status as CSV."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shared.release.features import (
    ADDED_FEATURES,
    FEATURES,
    LOAN,
    LOAN_DATE,
    RATE_PARTS,
    REFERENCE_FEATURES,
    STATUS,
    USER,
)

TRAINING_COLUMNS = (USER, *REFERENCE_FEATURES, STATUS, LOAN, LOAN_DATE, *ADDED_FEATURES)

_WHOLE = {
    USER: pa.int64(),
    LOAN: pa.int64(),
    LOAN_DATE: pa.date32(),
    STATUS: pa.int8(),
    **{name: pa.int32() for name, feature in FEATURES.items() if feature.whole},
}
"""How whole numbers are written."""

_TOGETHER = (
    ("age", "years_on_the_job", "flag_own_car", STATUS),
    (*RATE_PARTS, "unpaid_rate"),
)
"""Adjacent columns whose values repeat together; the whole numbers among them tell the others."""

_ROWS_PER_PART = 100_000
_PARALLEL_PARTS = 2
_MOST_CODES = 4 * _ROWS_PER_PART
_MOST_CODES_ALONE = _ROWS_PER_PART // 4
"""A number by itself is written as fast as the text of one that hardly repeats is found."""

type _Values = npt.NDArray[Any]
type _Codes = npt.NDArray[np.int32]


def write_training_table(path: Path, described: pd.DataFrame) -> None:
    """Write every loan's features and status as CSV.

    Parameters
    ----------
    path : Path
        The file to write.
    described : pandas.DataFrame of shape (n_loans, 12)
        The `loans` of `training.features.engineering.EngineeredFeatures`.

    Notes
    -----
    Most values repeat, so that each combination of them is turned into text once. Arrow leaves
    Python's lock alone, so that two parts of the table are written at once.
    """
    columns = {name: described[name].to_numpy() for name in TRAINING_COLUMNS}

    def write_part(start: int) -> memoryview:
        part = slice(start, start + _ROWS_PER_PART)
        return _write_rows({name: values[part] for name, values in columns.items()})

    with path.open("wb") as file, ThreadPoolExecutor(_PARALLEL_PARTS) as workers:
        file.write(",".join(TRAINING_COLUMNS).encode() + b"\n")
        for rows in workers.map(write_part, range(0, len(described), _ROWS_PER_PART)):
            file.write(rows)
    # Arrow keeps the memory of the parts, unless it is asked.
    pa.default_memory_pool().release_unused()


def _write_rows(columns: dict[str, _Values]) -> memoryview:
    *groups, last = ({name: columns[name] for name in names} for names in _group_columns())
    cells = [*map(_write_cells, groups), _write_cells(last, end="\n")]
    # Texts lie one after the other in memory: they are the lines of the file.
    lines = pc.binary_join_element_wise(*cells, ",")
    _, offsets, content = lines.buffers()
    return memoryview(content)[: np.frombuffer(offsets, np.int32)[len(lines)]]


def _group_columns() -> Iterator[tuple[str, ...]]:
    starts = {names[0]: names for names in _TOGETHER}
    followers = {name for names in _TOGETHER for name in names[1:]}
    for name in TRAINING_COLUMNS:
        if name not in followers:
            yield starts.get(name, (name,))


def _write_cells(columns: dict[str, _Values], end: str = "") -> pa.Array:
    """Write adjacent columns as a text for each row, each distinct text once where they are few."""
    ranges = [_Range.of(columns[name]) for name in columns if name in _WHOLE]
    n_codes = prod(numbers.n_codes for numbers in ranges)
    if not ranges or n_codes > (_MOST_CODES if len(columns) > 1 else _MOST_CODES_ALONE):
        return _write_values(columns, end)
    codes = ranges[0].encode()
    for numbers in ranges[1:]:
        codes *= numbers.n_codes
        codes += numbers.encode()
    rows = np.full(n_codes, -1, np.int32)
    rows[codes] = np.arange(len(codes), dtype=np.int32)
    used = rows >= 0
    texts = _write_values({name: values[rows[used]] for name, values in columns.items()}, end)
    places = np.cumsum(used, dtype=np.int32) - 1
    return texts.take(pa.array(places[codes]))


def _write_values(columns: dict[str, _Values], end: str) -> pa.Array:
    texts = []
    for name, values in columns.items():
        typed = pa.array(values, from_pandas=True).cast(_WHOLE.get(name, pa.float64()))
        texts.append(pc.fill_null(typed.cast(pa.string()), ""))
    joined = pc.binary_join_element_wise(*texts, ",") if len(texts) > 1 else texts[0]
    return pc.binary_join_element_wise(joined, end, "") if end else joined


@dataclass(frozen=True, slots=True)
class _Range:
    """Whole numbers, dates among them, and the range that they lie in."""

    values: _Values
    lowest: int
    n_codes: int

    @classmethod
    def of(cls, values: _Values) -> Self:
        if values.dtype.kind == "M":
            values = values.astype("datetime64[D]").astype(np.int64)
        lowest, highest = np.fmin.reduce(values), np.fmax.reduce(values)
        if np.isnan(lowest):
            return cls(values, 0, 1)
        return cls(values, int(lowest), int(highest) - int(lowest) + 2)

    def encode(self) -> _Codes:
        """Count the numbers from 1, and missing ones as 0."""
        codes = self.values - (self.lowest - 1)
        if codes.dtype.kind == "f":
            codes[np.isnan(codes)] = 0
        return codes.astype(np.int32)
