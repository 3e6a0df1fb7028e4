"""The reasons of many users, as the serving table holds them."""

import json

import numpy as np

from shared.release.features import MODEL_FEATURES, RECORD_FEATURES
from training.model.reasons import choose_reasons
from training.model.shapley import ShapleyValues

AGE, CAR, UNPAID, KNOWN, RATE = (
    MODEL_FEATURES.index(name) for name in ("age", "flag_own_car", *RECORD_FEATURES)
)


def choose(effects: dict[int, float], decision: int) -> list[list[float]]:
    row = np.zeros((1, len(MODEL_FEATURES)))
    for place, effect in effects.items():
        row[0, place] = effect
    (encoded,) = choose_reasons(ShapleyValues(0.0, row), np.array([decision]))
    reasons: list[list[float]] = json.loads(encoded)
    return reasons


def test_the_record_is_one_reason_even_if_its_parts_have_different_signs() -> None:
    assert choose({UNPAID: -0.5, KNOWN: 0.25, RATE: 2.0}, 1) == [[UNPAID, 1.75]]


def test_an_approved_user_gets_what_mattered_either_way() -> None:
    assert choose({AGE: -0.7, CAR: 0.2}, 0) == [[AGE, -0.7], [CAR, 0.2]]


def test_a_refused_user_gets_only_what_raised_the_risk() -> None:
    assert choose({AGE: -0.7, CAR: 0.2, RATE: 0.3}, 1) == [[UNPAID, 0.3], [CAR, 0.2]]


def test_a_negligible_effect_is_not_a_reason() -> None:
    assert choose({AGE: -0.004, CAR: 0.00494, RATE: -0.005}, 0) == [[UNPAID, -0.005]]
    assert choose({AGE: -0.7, CAR: 0.004, RATE: 0.3}, 1) == [[UNPAID, 0.3]]


def test_a_refused_user_gets_the_strongest_reason_however_small() -> None:
    assert choose({AGE: -0.7, CAR: 1e-9, RATE: 1e-10}, 1) == [[CAR, 1e-9]]
    assert choose({AGE: -0.7}, 1) == []
