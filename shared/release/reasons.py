"""The reasons behind a decision: which are given, and how they are worded."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.errors import BrokenReleaseError
from shared.release.features import FEATURES, MODEL_FEATURES, RECORD_FEATURES

MAX_REASONS = 4

LEAST_EFFECT = 0.005
"""An effect on the log odds that is less than this is no reason."""

DECIMALS = 4

RECORD_PLACES = [MODEL_FEATURES.index(name) for name in RECORD_FEATURES]
UNPAID_PLACE, _KNOWN = (
    MODEL_FEATURES.index(name) for name in ("nb_previous_unpaid", "nb_known_outcomes")
)

type Effect = tuple[int, float]
"""A feature's index, and its contribution to the log odds of default."""


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


def choose_effects(effects: Sequence[float], refused: bool) -> list[Effect]:
    """Choose the effects that are the reasons of a decision, strongest first.

    Parameters
    ----------
    effects : sequence of float
        Of each feature on the log odds, in the order of `MODEL_FEATURES`.
    refused : bool
        Whether default is predicted: only what raised the risk is then a reason.

    Notes
    -----
    The record is one reason, the sum of its features' effects: apart, one may lower what another
    raises. Shapley values add up, so the sum is as exact as its parts.
    """
    joined = list(effects)
    for place in RECORD_PLACES:
        joined[place] = 0.0
    joined[UNPAID_PLACE] = sum(effects[place] for place in RECORD_PLACES)
    told = [(place, effect) for place, effect in enumerate(joined) if effect > 0 or not refused]
    told.sort(key=lambda one: -abs(one[1]))
    rounded = [(place, round(effect, DECIMALS)) for place, effect in told[:MAX_REASONS]]
    strong = [(place, effect) for place, effect in rounded if abs(effect) >= LEAST_EFFECT]
    # A refusal is never without a reason while anything raised the risk.
    return strong if strong or not refused else told[:1]


def explain(chosen: Iterable[Effect], features: Sequence[float | None]) -> list[Reason]:
    """Put chosen effects into words.

    Parameters
    ----------
    chosen : iterable of Effect
        From `choose_effects`.
    features : sequence of float or None
        The user's features, in the order of `MODEL_FEATURES`.
    """
    return [_explain(place, effect, features) for place, effect in chosen]


def read_reasons(encoded: str, features: Sequence[float | None]) -> list[Reason]:
    """Read a user's reasons from the serving table.

    Parameters
    ----------
    encoded : str
        JSON pairs of a feature's index and its effect.
    features : sequence of float or None
        The user's features, in the order of `MODEL_FEATURES`.

    Raises
    ------
    BrokenReleaseError
        When the text is not one that this code writes.
    """
    try:
        return explain(json.loads(encoded), features)
    except (ValueError, TypeError, IndexError, RecursionError) as error:
        raise BrokenReleaseError(
            f"A user's reasons must be pairs of a feature and its effect, they are"
            f" {encoded[:80]!r}: publish the release again."
        ) from error


def _explain(place: int, effect: float, features: Sequence[float | None]) -> Reason:
    raises = effect > 0
    if place in RECORD_PLACES:
        place, words = _say_record(features[UNPAID_PLACE], features[_KNOWN], raises)
    else:
        words = FEATURES[MODEL_FEATURES[place]].say(features[place])
    direction = "raises" if raises else "lowers"
    return Reason(MODEL_FEATURES[place], features[place], effect, f"{words}: {direction} the risk")


def _say_record(unpaid: float | None, known: float | None, raises: bool) -> tuple[int, str]:
    """Choose words that fit value and direction, and the feature that they are about."""
    if unpaid is None:
        return UNPAID_PLACE, FEATURES["nb_previous_unpaid"].unknown
    if known is None:
        return _KNOWN, FEATURES["nb_known_outcomes"].unknown
    words = _say_unpaid(unpaid, known) if raises else _say_paid(known - unpaid, known)
    # With nothing to hold against a user, or in their favour, what remains is how much is known.
    return (UNPAID_PLACE, words) if words else (_KNOWN, _say_known(known, raises))


def _say_unpaid(unpaid: float, known: float) -> str:
    return f"{_count(unpaid, known)} not paid on time" if unpaid else ""


def _say_paid(paid: float, known: float) -> str:
    if paid == known > 1:
        return f"none of {known:.0f} known earlier loans unpaid"
    return f"{_count(paid, known)} paid on time" if paid else ""


def _say_known(known: float, raises: bool) -> str:
    if not known:
        return "no earlier loan with a known outcome"
    words = FEATURES["nb_known_outcomes"].say(known)
    return f"only {words}" if raises else words


def _count(some: float, known: float) -> str:
    if known == 1:
        return "the only known earlier loan was"
    return f"{some:.0f} of {known:.0f} known earlier loans"
