"""Rows that no split of the trees tells apart: what follows from the trees is worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

_MOST_KEYS = 2**62

type Splits = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows by the cell that they lie in: on the same side of every split.

    Attributes
    ----------
    first : numpy.ndarray of int64, of shape (n_cells,)
        A row of each cell.
    cell : numpy.ndarray of int64, of shape (n_rows,)
        The number of each row's cell.
    """

    first: npt.NDArray[np.int64]
    cell: npt.NDArray[np.int64]

    @classmethod
    def find(cls, splits: Splits, columns: Sequence[npt.NDArray[Any]]) -> Self:
        """Find the cells of many rows.

        Parameters
        ----------
        splits : sequence of sequences of float
            For each column its thresholds, ascending and distinct. A row lies on the left where
            its value is at most the threshold; where it is missing, every split takes the same
            way for every row.
        columns : sequence of numpy.ndarray of numbers, of shape (n_rows,)
            NaN for missing.
        """
        keys, n_keys = np.zeros(len(columns[0]), np.int64), 1
        for thresholds, column in zip(splits, columns, strict=True):
            n_places = len(thresholds) + 2
            if n_keys * n_places > _MOST_KEYS:
                keys, distinct = pd.factorize(keys)
                n_keys = len(distinct)
            if thresholds:
                keys = keys * n_places + _find_places(thresholds, column)
                n_keys *= n_places
        cell, distinct = pd.factorize(keys)
        first = np.empty(len(distinct), np.int64)
        first[cell] = np.arange(len(cell))
        return cls(first, cell)

    @classmethod
    def apart(cls, n_rows: int) -> Self:
        """Give every row a cell of its own."""
        return cls(np.arange(n_rows), np.arange(n_rows))


def _find_places(thresholds: Sequence[float], column: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Find between which thresholds each value lies; missing ones come last."""
    if column.dtype == np.uint8:
        return np.searchsorted(thresholds, np.arange(256)).take(column)
    return np.searchsorted(thresholds, column) + np.isnan(column)
