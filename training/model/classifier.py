"""Predictions of fitted models."""

from collections.abc import Mapping, Sequence
from itertools import batched

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from shared.errors import BrokenReleaseError
from shared.release.features import MODEL_FEATURES
from training.model.informative import take_features
from training.model.protocol import Classifier, Floats
from training.model.tree_sums import TreeSums, take_columns

__all__ = ["Classifier", "Floats", "predict_at", "predict_by_library", "predict_default"]

_ROWS_AT_A_TIME = 200_000


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

    Notes
    -----
    Trees are added up by `TreeSums`, to the last bit as the library does.
    """
    _require_features(model)
    trees = TreeSums.find_in(model)
    if trees is None:
        return predict_by_library(model, features)
    return trees.calibrate(trees.add_up_rows(take_columns(features)))


def predict_by_library(model: Classifier, features: pd.DataFrame) -> Floats:
    """Predict as `predict_default` does, by the model's own methods alone."""
    _require_features(model)
    # On several threads a product of matrices may differ in its last bit.
    with threadpool_limits(1, user_api="blas"):
        return model.predict_proba(take_features(features))[:, 1]


def _require_features(model: Classifier) -> None:
    fitted = tuple(model.feature_names_in_)
    if fitted != MODEL_FEATURES:
        raise BrokenReleaseError(
            f"The model must be fitted on {', '.join(MODEL_FEATURES)} in this order, but was"
            f" fitted on {', '.join(fitted)}: train again with this version of the code."
        )


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
    (predicted,) = predict_at_each(model, features, {name: values}).values()
    return predicted


def predict_at_each(
    model: Classifier, features: pd.DataFrame, values: Mapping[str, Sequence[float]]
) -> dict[str, Floats]:
    """Predict as `predict_at` does, at values of several features, one of them set at a time."""
    _require_features(model)
    trees = TreeSums.find_in(model)
    if trees is None:
        return {name: _predict_at(model, features, name, some) for name, some in values.items()}
    columns = take_columns(features)
    step = max(1, _ROWS_AT_A_TIME // max(1, len(features)))
    return {
        name: trees.predict_at(columns, MODEL_FEATURES.index(name), some, step)
        for name, some in values.items()
    }


def _predict_at(
    model: Classifier, features: pd.DataFrame, name: str, values: Sequence[float]
) -> Floats:
    n_rows = len(features)
    step = max(1, _ROWS_AT_A_TIME // max(1, n_rows))
    parts = [np.empty((0, n_rows))]
    for some in batched(values, step, strict=False):
        rows = pd.concat([features[list(MODEL_FEATURES)]] * len(some), ignore_index=True)
        rows[name] = np.repeat(np.array(some, np.float64), n_rows)
        parts.append(predict_by_library(model, rows).reshape(-1, n_rows))
    return np.concatenate(parts)
