"""How the predicted risk moves with each feature, all others left as they are."""

from math import ceil

import numpy as np
import pandas as pd

from shared.release.facts import Effect, Histogram
from shared.release.features import FEATURES, MODEL_FEATURES
from training.model.classifier import Classifier, Floats, predict_at_each

_ROWS = 1_000
_MISSING = float("nan")
_POINTS = 24
_COMMON_SHARE = 0.01
"""A value that so many users have matters by itself."""

_STRIP_BINS = 40


def partial_dependence(model: Classifier, users: pd.DataFrame) -> dict[str, Effect]:
    """Compute the partial dependence of the risk on each feature.

    Parameters
    ----------
    model : Classifier
        From `training.model.boosted_trees.fit_model`.
    users : pandas.DataFrame of shape (n_users, n_columns)
        With the columns of `MODEL_FEATURES`; up to `_ROWS`, evenly spread, are averaged over.

    Returns
    -------
    dict
        By feature: `grid`, from `choose_grid`, the last None where some users lack a value;
        `probability`, the mean predicted if all users had that value; `population`, how many
        users have which value.
    """
    known = {name: users[name].dropna().to_numpy(np.float64) for name in MODEL_FEATURES}
    grids = {
        name: [*choose_grid(values, whole=FEATURES[name].whole)]
        + [_MISSING] * (len(values) < len(users))
        for name, values in known.items()
    }
    predicted = predict_at_each(model, users.iloc[:: ceil(len(users) / _ROWS)], grids)
    return {
        name: Effect(
            [None if np.isnan(value) else value for value in grids[name]],
            predicted[name].mean(axis=1).tolist(),
            _count_population(values, whole=FEATURES[name].whole),
        )
        for name, values in known.items()
    }


def choose_grid(values: Floats, *, whole: bool) -> list[float]:
    """Choose the values of a feature that matter.

    Parameters
    ----------
    values : numpy.ndarray of float64, of shape (n_values,)
        Those that users have.
    whole : bool
        Whether only whole numbers are possible.

    Returns
    -------
    list of float
        Ascending: the least and the greatest value, every value that one user in a hundred has
        (so every small count), and `_POINTS` evenly spread between percentiles 1 and 99. Of whole
        numbers beyond, also 1, 2 and 5 times the powers of ten.
    """
    if not len(values):
        return []
    number, distinct = pd.factorize(values, sort=True)
    counts = np.bincount(number)
    common = distinct[counts >= _COMMON_SHARE * len(values)]
    if len(distinct) <= 2:
        return [float(value) for value in distinct]
    low, high = np.percentile(values, (1, 99))
    spread = np.linspace(low, high, _POINTS)
    tail = np.empty(0)
    if whole:
        spread = np.round(spread)
        steps = np.outer(10.0 ** np.arange(8), (1, 2, 5)).ravel()
        tail = steps[(steps > high) & (steps < distinct[-1])]
    return [float(value) for value in np.unique([*distinct[[0, -1]], *common, *spread, *tail])]


def _count_population(values: Floats, *, whole: bool) -> Histogram | None:
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    if whole:
        width = max(1, ceil((high - low + 1) / _STRIP_BINS))
        edges = np.arange(low - 0.5, high + 0.5 + width, width)
    else:
        edges = np.linspace(low, high if high > low else low + 1, _STRIP_BINS + 1)
    # Told that the bins are of one width, numpy need not sort the values.
    counts, _ = np.histogram(values, len(edges) - 1, (edges[0], edges[-1]))
    return Histogram(edges.tolist(), counts.tolist())
