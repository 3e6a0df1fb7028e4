"""How the predicted risk moves with each feature, all others left as they are."""

from math import ceil

import numpy as np
import pandas as pd

from shared.release.facts import Effect
from shared.release.features import MODEL_FEATURES
from training.model.classifier import Classifier, predict_default

_ROWS = 1_000
_POINTS = 12


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
        By feature: `grid`, of values that users have, the last None where some have none, and
        `probability`, the mean predicted if all users had that value.
    """
    chosen = users.iloc[:: ceil(len(users) / _ROWS)]
    effects: dict[str, Effect] = {}
    for name in MODEL_FEATURES:
        values = users[name].dropna().to_numpy()
        quantiles = np.linspace(0, 1, _POINTS)
        grid: list[float | None] = []
        if len(values):
            grid += np.unique(np.quantile(values, quantiles, method="nearest")).tolist()
        if len(values) < len(users):
            grid.append(None)
        means = [
            float(predict_default(model, chosen.assign(**{name: _number(value)})).mean())
            for value in grid
        ]
        effects[name] = Effect(grid, means)
    return effects


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
