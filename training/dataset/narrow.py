"""Whole numbers in the smallest types that hold them, as all loans stay while models are fitted."""

import numpy as np
import pandas as pd

from shared.release.features import FEATURES, LOAN, STATUS, USER

_WHOLE = (LOAN, USER, STATUS, *(name for name, feature in FEATURES.items() if feature.whole))


def narrow_numbers(loans: pd.DataFrame) -> pd.DataFrame:
    """Narrow ids, status and the features that are whole numbers.

    Parameters
    ----------
    loans : pandas.DataFrame of shape (n_loans, n_columns)
        Not modified. Columns with a missing or a negative value stay as they are, and so do ids
        that need 64 bits: NumPy compares unsigned ones with signed ones as doubles.
    """
    return loans.assign(**{name: _narrow(loans[name]) for name in _WHOLE if name in loans})


def _narrow(values: pd.Series) -> pd.Series:
    lowest, highest = values.min(skipna=False), values.max(skipna=False)
    # No comparison holds for what is missing, as for no loans.
    if not 0 <= lowest <= highest:
        return values
    smallest = np.min_scalar_type(int(highest))
    return values if smallest == np.uint64 else values.astype(smallest)
