"""The reasons of a decision, in plain words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from shared.release.feature_names import MODEL_FEATURES

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


_WORDS = {
    "nb_previous_loans": ("1 earlier loan", "{:.0f} earlier loans"),
    "avg_amount_loans_previous": ("", "earlier loans of {:,.0f} on average"),
    "age": ("1 year old", "{:.0f} years old"),
    "years_on_the_job": ("1 year on the job", "{:.0f} years on the job"),
    "flag_own_car": ("owns a car", "owns no car"),
    "nb_previous_unpaid": (
        "1 earlier loan not paid on time",
        "{:.0f} earlier loans not paid on time",
    ),
    "share_previous_unpaid": (
        "",
        "{:.0%} of known earlier outcomes not paid on time",
    ),
}
_UNKNOWN = {
    "avg_amount_loans_previous": "no earlier loan to average",
    "years_on_the_job": "no job start known",
    "share_previous_unpaid": "no earlier loan with a known outcome",
}


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
    return Reason(name, value, effect, f"{say(name, value)}: {direction} the risk")


def say(name: str, value: float | None) -> str:
    """Say a feature's value in words."""
    if value is None:
        return _UNKNOWN.get(name, f"{name} unknown")
    one, many = _WORDS[name]
    return one if value == 1 and one else many.format(value)
