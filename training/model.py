"""The model: gradient-boosted trees on the named features, missing values and all."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from shared.errors import BrokenReleaseError
from shared.feature_names import MODEL_FEATURES

SEED = 20220308

_PARAMETERS: dict[str, Any] = {
    "learning_rate": 0.06,
    "max_iter": 80,
    "max_leaf_nodes": 15,
    "min_samples_leaf": 200,
    "l2_regularization": 5.0,
    "early_stopping": False,
    "random_state": SEED,
}


def fit_model(features: pd.DataFrame, status: pd.Series) -> HistGradientBoostingClassifier:
    """Fit the model.

    Parameters
    ----------
    features : pandas.DataFrame of shape (n_loans, n_features)
        With the columns of `MODEL_FEATURES`; missing values are NaN.
    status : pandas.Series of shape (n_loans,)
        1 for not paid on time, 0 for paid on time.

    Notes
    -----
    Shallow trees, a slow rate, many loans in a leaf: at a base rate of 1.5 % a small leaf holds
    no default at all. No early stopping, as its random split would put one person on both sides.
    Loss is the log loss on the loans as they are, unweighted, so that scores are probabilities.
    """
    model = HistGradientBoostingClassifier(**_PARAMETERS)
    model.fit(features[list(MODEL_FEATURES)], status)
    return model


def describe_model(model: Any) -> dict[str, object]:
    """State the model's kind and parameters, for the manifest."""
    return {"kind": type(model).__name__, "parameters": _PARAMETERS}


def predict_default(model: Any, features: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Predict the probability of default of every row, features taken by name.

    Parameters
    ----------
    model : fitted classifier
        From `fit_model`, or loaded from a release.
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
            f"The model must be fitted on {', '.join(MODEL_FEATURES)} in this order,"
            f" it was on {', '.join(fitted)}: train again with this version of the code."
        )
    probabilities: npt.NDArray[np.float64] = model.predict_proba(features[list(fitted)])[:, 1]
    return probabilities
