"""The bodies of the answers about a user: what a release says, byte for byte."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES
from shared.release.reasons import Reason, read_reasons
from shared.release.serving_table import UserRow

_DECIMALS = 10
_SHOWN = [(name, MODEL_FEATURES.index(name)) for name in REFERENCE_FEATURES]
_FURTHER = [
    (name, place) for place, name in enumerate(MODEL_FEATURES) if name not in REFERENCE_FEATURES
]
_encode = msgspec.json.Encoder().encode
_CLASSES = [_encode({"resultado": [resultado]}) for resultado in (0, 1)]


class Edition(Protocol):
    """What answers name of their release."""

    @property
    def version(self) -> str: ...

    @property
    def as_of(self) -> str: ...

    @property
    def threshold(self) -> float: ...


def features_body(release: Edition, row: UserRow, *, detailed: bool) -> bytes:
    """Give a user's five risk features; in detail all of them and their release."""
    body: dict[str, object] = {name: _round(row.features[place]) for name, place in _SHOWN}
    if detailed:
        body |= {name: _round(row.features[place]) for name, place in _FURTHER}
        body["loan_date"] = row.loan_date
        body["version"] = release.version
        body["as_of"] = release.as_of
    return _encode(body)


def prediction_body(release: Edition, row: UserRow, *, detailed: bool) -> bytes:
    """Give a user's class; in detail the probability, the threshold and the reasons too."""
    if not detailed:
        return _CLASSES[row.decision]
    reasons = read_reasons(row.reasons, [_round(value) for value in row.features])
    return decision_body(release, row.probability, row.decision, reasons)


def decision_body(
    release: Edition, probability: float, decision: int, reasons: Sequence[Reason]
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
    return None if value is None else round(value, _DECIMALS)
