"""The reasons of every user's decision, as the serving table holds them."""

import json
from itertools import batched

import numpy as np
import numpy.typing as npt

from shared.release.reasons import (
    DECIMALS,
    LEAST_EFFECT,
    MAX_REASONS,
    RECORD_PLACES,
    UNPAID_PLACE,
    choose_effects,
)
from training.model.protocol import Floats
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

    Notes
    -----
    What `shared.release.reasons.choose_effects` chooses, worked out for all rows at once.
    """
    effects, refused = attribution.effects, decisions == 1
    joined = _join_record(effects)
    # A refused row is told what raised the risk alone: the rest comes last, and counts for nothing.
    joined[refused] = joined[refused].clip(min=0.0)
    strongest = np.argsort(-np.abs(joined), axis=1, kind="stable")[:, :MAX_REASONS]
    chosen = np.take_along_axis(joined, strongest, axis=1)
    told = [
        f"[{place},{effect}]" if abs(effect) >= LEAST_EFFECT else ""
        for place, effect in zip(strongest.ravel().tolist(), _round(chosen), strict=True)
    ]
    rows = batched(told, MAX_REASONS, strict=True)
    encoded = [f"[{','.join(filter(None, row))}]" for row in rows]
    for row in np.flatnonzero(refused & (np.abs(chosen[:, 0]) < 2 * LEAST_EFFECT)).tolist():
        # Where hardly anything raised the risk, a refusal still has its reason.
        reasons = choose_effects(effects[row].tolist(), refused=True)
        encoded[row] = json.dumps(reasons, separators=(",", ":"))
    return encoded


def _join_record(effects: Floats) -> Floats:
    joined = effects.copy()
    joined[:, RECORD_PLACES] = 0.0
    joined[:, UNPAID_PLACE] = [sum(row) for row in effects[:, RECORD_PLACES].tolist()]
    return joined


def _round(effects: Floats) -> list[float]:
    # Python rounds the decimal number, numpy a product that may lie on the other side.
    return [round(effect, DECIMALS) for effect in effects.ravel().tolist()]
