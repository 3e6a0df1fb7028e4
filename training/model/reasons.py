"""The reasons of every user's decision, as the serving table holds them."""

import json

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.features import MODEL_FEATURES
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

_UNITS = 10**DECIMALS

_CLOSE_TO_HALF = 1e-6
"""In units of the last decimal: closer to a half, the product may be on the wrong side of it."""


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
    # What is too small comes after what is told, and is no text at all.
    told = _word(strongest, _round(chosen)).sum(axis=1)
    encoded = [f"[{row[1:]}]" for row in told.tolist()]
    for row in np.flatnonzero(refused & (np.abs(chosen[:, 0]) < 2 * LEAST_EFFECT)).tolist():
        # Where hardly anything raised the risk, a refusal still has its reason.
        reasons = choose_effects(effects[row].tolist(), refused=True)
        encoded[row] = json.dumps(reasons, separators=(",", ":"))
    return encoded


def _join_record(effects: Floats) -> Floats:
    joined = effects.copy()
    joined[:, RECORD_PLACES] = 0.0
    joined[:, UNPAID_PLACE] = _add_columns(effects[:, RECORD_PLACES])
    return joined


def _add_columns(columns: Floats) -> Floats:
    """Add up each row as Python does, which adds what rounding loses on the way at the end."""
    total, lost = np.zeros(len(columns)), np.zeros(len(columns))
    for column in columns.T:
        larger = np.abs(total) >= np.abs(column)
        first, second = np.where(larger, total, column), np.where(larger, column, total)
        total = first + second
        lost += (first - total) + second
    return total + lost


def _round(effects: Floats) -> npt.NDArray[np.int64]:
    """Round to units of the last decimal, as Python does."""
    units = effects * _UNITS
    # Python rounds the decimal number, numpy a product that may lie on the other side.
    halves = np.abs(units - np.floor(units) - 0.5) < _CLOSE_TO_HALF
    units[halves] = [round(effect, DECIMALS) * _UNITS for effect in effects[halves].tolist()]
    rounded: npt.NDArray[np.int64] = np.rint(units).astype(np.int64)
    return rounded


def _word(places: npt.NDArray[np.intp], units: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """Write each effect after a comma; nothing where it is too small to be told."""
    n_places = len(MODEL_FEATURES)
    numbers, distinct = pd.factorize((units * n_places + places).ravel())
    words = [
        f",[{key % n_places},{effect}]" if abs(effect) >= LEAST_EFFECT else ""
        for key in distinct.tolist()
        for effect in (key // n_places / _UNITS,)
    ]
    return np.array(words, object)[numbers].reshape(places.shape)
