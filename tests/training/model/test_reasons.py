"""The reasons of many users, as the serving table holds them."""

import json

import numpy as np
import pandas as pd
import pytest

from shared.release.features import MODEL_FEATURES, RECORD_FEATURES
from shared.release.reasons import Reason, choose_effects, read_reasons
from tests.support.datasets import make_dataset
from tests.support.paths import SAMPLE
from tests.support.portfolios import AS_OF
from training.evaluation.candidate import train
from training.model.decision import DecisionRule
from training.model.reasons import choose_reasons
from training.model.shapley import ShapleyValues
from training.reading.raw_file import read_loans
from training.release.scoring import score_users

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


def test_all_rows_get_the_reasons_that_each_would_get_alone() -> None:
    draw = np.random.default_rng(2)
    scale = draw.choice([1e-4, 4e-3, 0.02, 1.0], size=(4000, 1))
    effects = draw.normal(size=(4000, len(MODEL_FEATURES))) * scale
    # Ties, zeros and halves of the last decimal that is told.
    effects[:1000] = effects[:1000].round(2)
    effects[1000:2000] = effects[1000:2000].round(4) + 5e-5
    decisions = draw.integers(2, size=4000)

    encoded = choose_reasons(ShapleyValues(0.0, effects), decisions)

    assert encoded == [
        json.dumps(choose_effects(row, decision == 1), separators=(",", ":"))
        for row, decision in zip(effects.tolist(), decisions.tolist(), strict=True)
    ]


type Explained = list[tuple[int, list[Reason]]]


@pytest.fixture(scope="module")
def scored() -> pd.DataFrame:
    """Score the sample's users, at a threshold that refuses a tenth of them."""
    dataset = make_dataset(read_loans(SAMPLE, AS_OF).loans.to_pandas(date_as_object=False))
    model = train(dataset).model
    limit = np.quantile(model.predict_proba(dataset.users[list(MODEL_FEATURES)])[:, 1], 0.9)
    return score_users(dataset.users, model, DecisionRule(1 / float(limit) - 1))


def explain_all(scored: pd.DataFrame) -> Explained:
    features = scored[list(MODEL_FEATURES)].astype(object)
    rows = features.where(features.notna(), None).to_numpy().tolist()
    return [
        (decision, read_reasons(encoded, row))
        for decision, encoded, row in zip(scored["decision"], scored["reasons"], rows, strict=True)
    ]


def test_no_refused_user_of_the_sample_gets_a_lowering_reason(scored: pd.DataFrame) -> None:
    refused = [reasons for decision, reasons in explain_all(scored) if decision == 1]

    assert 20 < len(refused) < 200
    assert all(refused)
    assert all(reason.efecto > 0 for reasons in refused for reason in reasons)
    assert all(
        reason.texto.endswith(": raises the risk") for reasons in refused for reason in reasons
    )


def test_no_reason_of_the_sample_holds_paid_loans_against_a_user(scored: pd.DataFrame) -> None:
    told = [reason for _, reasons in explain_all(scored) for reason in reasons]

    unpaid = [reason for reason in told if reason.caracteristica == "nb_previous_unpaid"]
    assert len(unpaid) > 100
    for reason in unpaid:
        raises = reason.texto.endswith(": raises the risk")
        assert reason.valor is not None
        assert raises == ("not paid on time" in reason.texto)
        assert not raises or reason.valor > 0
