"""What the pipeline needs of a fitted model, whatever library fitted it."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from shared.errors import BrokenReleaseError
from shared.release.features import MODEL_FEATURES

_ROWS_AT_A_TIME = 200_000

type Floats = npt.NDArray[np.float64]


class Classifier(Protocol):
    """A fitted binary classifier that takes its features by name."""

    @property
    def feature_names_in_(self) -> npt.NDArray[Any]:
        """The features it was fitted on, in order."""

    def predict_proba(self, features: pd.DataFrame, /) -> Floats:
        """Predict the probabilities of both classes, shape (n_rows, 2)."""


def predict_default(model: Classifier, features: pd.DataFrame) -> Floats:
    """Predict the probability of default of every row, features taken by name.

    Parameters
    ----------
    model : Classifier
        Freshly fitted, or loaded from a release.
    features : pandas.DataFrame of shape (n_rows, n_columns)
        With at least the columns that the model was fitted on, in any order.

    Returns
    -------
    numpy.ndarray of float64, of shape (n_rows,)
        Between 0 and 1.

    Raises
    ------
    BrokenReleaseError
        When the model's features are not the ones that this code makes.
    """
    fitted = tuple(model.feature_names_in_)
    if fitted != MODEL_FEATURES:
        raise BrokenReleaseError(
            f"The model must be fitted on {', '.join(MODEL_FEATURES)} in this order, but was"
            f" fitted on {', '.join(fitted)}: train again with this version of the code."
        )
    # On several threads a product of matrices may differ in its last bit.
    with threadpool_limits(1, user_api="blas"):
        return model.predict_proba(features[list(fitted)])[:, 1]


def predict_at(
    model: Classifier, features: pd.DataFrame, name: str, values: Sequence[float]
) -> Floats:
    """Predict every row's probability of default at each value of one feature.

    Parameters
    ----------
    model : Classifier
        As for `predict_default`.
    features : pandas.DataFrame of shape (n_rows, n_columns)
        With at least the columns that the model was fitted on. Not modified.
    name : str
        The feature that is set.
    values : sequence of float of length n_values
        What it is set to; NaN for missing.

    Returns
    -------
    numpy.ndarray of float64, of shape (n_values, n_rows)

    Notes
    -----
    Many rows are predicted at a time: a call costs far more than a row.
    """
    n_rows = len(features)
    predicted = np.empty((len(values), n_rows))
    step = max(1, _ROWS_AT_A_TIME // max(1, n_rows))
    columns = features[list(MODEL_FEATURES)]
    for start in range(0, len(values), step):
        chosen = np.asarray(values[start : start + step], np.float64)
        rows = pd.concat([columns] * len(chosen), ignore_index=True)
        rows[name] = np.repeat(chosen, n_rows)
        predicted[start : start + step] = predict_default(model, rows).reshape(-1, n_rows)
    return predicted
