"""The reasons of every user's decision, as the serving table holds them."""

import json

import numpy as np
import numpy.typing as npt

from shared.release.reasons import choose_effects
from training.model.shapley import ShapleyValues


def choose_reasons(attribution: ShapleyValues, decisions: npt.NDArray[np.integer]) -> list[str]:
    """Choose each row's reasons, the strongest first.

    Parameters
    ----------
    attribution : ShapleyValues
        From `training.model.shapley.shapley_values`.
    decisions : numpy.ndarray of int, of shape (n_rows,)
        1 where default is predicted: only what raised the risk is then a reason.

    Returns
    -------
    list of str, of length n_rows
        JSON arrays of a feature's index and its effect on the log odds.
    """
    return [
        json.dumps(choose_effects(effects, decision == 1), separators=(",", ":"))
        for effects, decision in zip(attribution.effects.tolist(), decisions.tolist(), strict=True)
    ]
