"""The segments that a score must hold in: borrowers of short and long record, and months."""

import numpy as np
import numpy.typing as npt
import pandas as pd

PREVIOUS_LOANS = ("1. none", "2. 1 to 4", "3. 5 to 19", "4. 20 and more")
_FIRST_COUNTS = (0, 1, 5, 20)


def previous_loan_bands(counts: npt.ArrayLike) -> npt.NDArray[np.object_]:
    """Name the band of each number of previous loans.

    Parameters
    ----------
    counts : array of shape (n_loans,)
        At least 0.
    """
    bands = np.searchsorted(_FIRST_COUNTS, np.asarray(counts, np.float64), side="right") - 1
    return np.array(PREVIOUS_LOANS, object)[bands]


def months(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.object_]:
    """Name the month of each day, as "2021-03"."""
    # A month is named once, not for every day in it.
    number, distinct = pd.factorize(days.astype("datetime64[M]").astype(np.int64))
    names = distinct.astype("datetime64[M]").astype(np.str_)
    return names.astype(object)[number]
