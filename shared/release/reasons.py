"""The reasons behind a decision, in words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from shared.release.features import FEATURES, MODEL_FEATURES

MAX_REASONS = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """How one feature moved a user's risk away from the population's.

    Attributes
    ----------
    caracteristica : str
        Name of the feature.
    valor : float or None
        The user's value; None if missing.
    efecto : float
        Contribution to the log odds of default; above 0 it raises the risk.
    texto : str
        The contribution in words.
    """

    caracteristica: str
    valor: float | None
    efecto: float
    texto: str


def read_reasons(encoded: str, features: Sequence[float | None]) -> list[Reason]:
    """Read a user's reasons from the serving table.

    Parameters
    ----------
    encoded : str
        JSON pairs of a feature's index and its effect.
    features : sequence of float or None
        The user's features, in the order of `MODEL_FEATURES`.
    """
    return [_explain(index, effect, features[index]) for index, effect in json.loads(encoded)]


def _explain(index: int, effect: float, value: float | None) -> Reason:
    name = MODEL_FEATURES[index]
    direction = "raises" if effect > 0 else "lowers"
    return Reason(name, value, effect, f"{FEATURES[name].say(value)}: {direction} the risk")
