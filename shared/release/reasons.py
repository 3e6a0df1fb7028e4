"""The reasons of a decision, in plain words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from shared.release.features import FEATURES, MODEL_FEATURES

MAX_REASONS = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """How one feature moved a user's risk from the population's.

    Attributes
    ----------
    caracteristica : str
        The feature.
    valor : float or None
        The user's value; None where unknown.
    efecto : float
        What it added to the log odds of a default: above 0 it raised the risk.
    texto : str
        The same in words.
    """

    caracteristica: str
    valor: float | None
    efecto: float
    texto: str


def read_reasons(written: str, features: Sequence[float | None]) -> list[Reason]:
    """Put a user's reasons into words.

    Parameters
    ----------
    written : str
        JSON, as the serving table holds it: pairs of a feature's place and its effect.
    features : sequence of float or None
        The user's, in the order of `MODEL_FEATURES`.
    """
    return [_put(place, effect, features[place]) for place, effect in json.loads(written)]


def _put(place: int, effect: float, value: float | None) -> Reason:
    name = MODEL_FEATURES[place]
    direction = "raises" if effect > 0 else "lowers"
    return Reason(name, value, effect, f"{FEATURES[name].say(value)}: {direction} the risk")
