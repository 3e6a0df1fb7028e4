"""The features of the training loans, and which of them tell loans apart."""

import numpy as np
import pandas as pd

from shared.release.features import MODEL_FEATURES
from training.model.protocol import Floats


def find_uninformative(training: pd.DataFrame) -> list[str]:
    """List the features that are missing, or have one and the same value, in all loans.

    Parameters
    ----------
    training : pandas.DataFrame of shape (n_loans, n_columns)
        With the columns of `MODEL_FEATURES`.
    """
    return [name for name in MODEL_FEATURES if _is_constant(training[name].to_numpy(np.float64))]


def _is_constant(values: Floats) -> bool:
    return bool(np.isnan(values).all() or (values == values[0]).all())


def take_features(loans: pd.DataFrame) -> pd.DataFrame:
    """Take the columns of `MODEL_FEATURES` as float64; where they come first, without copying them.

    The library computes in the type that it is given: in float32, results would differ.
    """
    n_features = len(MODEL_FEATURES)
    come_first = tuple(loans.columns[:n_features]) == MODEL_FEATURES
    taken = loans.iloc[:, :n_features] if come_first else loans[list(MODEL_FEATURES)]
    return taken.astype(np.float64)
