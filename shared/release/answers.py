"""The bodies of the answers about a user: what a release says, byte for byte."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES

if TYPE_CHECKING:
    from shared.release.reasons import Reason
    from shared.release.serving_table import UserRow

_DECIMALS = 10
_SHOWN = [MODEL_FEATURES.index(name) for name in REFERENCE_FEATURES]
_FURTHER = [
    (name, place) for place, name in enumerate(MODEL_FEATURES) if name not in REFERENCE_FEATURES
]
_encode = msgspec.json.Encoder().encode
_Brief = msgspec.defstruct("_Brief", [(name, float | None) for name in REFERENCE_FEATURES])
_CLASSES = [_encode({"resultado": [resultado]}) for resultado in (0, 1)]


class Edition(Protocol):
    """What answers name of their release."""

    @property
    def version(self) -> str: ...

    @property
    def as_of(self) -> str: ...

    @property
    def threshold(self) -> float: ...


def features_body(release: Edition, row: "UserRow", *, detailed: bool) -> bytes:
    """Give a user's five risk features; in detail all of them and their release."""
    shown = [row.features[place] for place in _SHOWN]
    if not detailed:
        return brief_features_body(shown)
    body: dict[str, object] = dict(zip(REFERENCE_FEATURES, map(_round, shown), strict=True))
    body |= {name: _round(row.features[place]) for name, place in _FURTHER}
    body["loan_date"] = row.loan_date
    body["version"] = release.version
    body["as_of"] = release.as_of
    return _encode(body)


def brief_features_body(shown: Sequence[float | None]) -> bytes:
    """Give a user's five risk features, passed in the order of `REFERENCE_FEATURES`."""
    # As `_round`, without a call for each.
    return _encode(
        _Brief(
            *[
                value if value is None or value.is_integer() else round(value, _DECIMALS)
                for value in shown
            ]
        )
    )


def prediction_body(release: Edition, row: "UserRow", *, detailed: bool) -> bytes:
    """Give a user's class; in detail the probability, the threshold and the reasons too."""
    if not detailed:
        return brief_prediction_body(row.decision)
    from shared.release.reasons import read_reasons  # noqa: PLC0415 -- brief answers need none

    reasons = read_reasons(row.reasons, [_round(value) for value in row.features])
    return decision_body(release, row.probability, row.decision, reasons)


def brief_prediction_body(decision: int) -> bytes:
    """Give a user's class alone."""
    return _CLASSES[decision]


def decision_body(
    release: Edition, probability: float, decision: int, reasons: "Sequence[Reason]"
) -> bytes:
    """Give a class with all that it was decided from."""
    return _encode(
        {
            "resultado": [decision],
            "probabilidad": probability,
            "umbral": release.threshold,
            "version": release.version,
            "fecha_corte": release.as_of,
            "razones": reasons,
        }
    )


def _round(value: float | None) -> float | None:
    # Rounding writes the number out: most are whole, and need none.
    return value if value is None or value.is_integer() else round(value, _DECIMALS)
