"""The review in whole runs: which file is stopped, and by which gate."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace

from shared.release.drift import Drift
from shared.release.facts import Gate
from shared.release.features import MODEL_FEATURES, USER
from shared.release.files import SERVING_TABLE
from shared.release.manifest import Manifest
from shared.release.source import Source
from tests.support.reviewed_candidates import (
    N_USERS,
    build,
    gates_of,
    stopping,
    take_users,
)
from training.champion_store import read_champion
from training.dataset.persons import assign_roles
from training.evaluation.drift import STRONG_DRIFT
from training.gates.champion import SAMPLE_SHA256, Champion
from training.gates.review import Review

pytestmark = pytest.mark.training

NO_DRIFT = Drift(champion=None, score=None, features={})


def test_a_review_sums_up_its_verdict_and_every_gate_that_did_not_pass() -> None:
    gates = [
        Gate("auc", 0.6, "", "stopped", ""),
        Gate("age_rule", 0.0, "", "passed", ""),
        Gate("users_kept", 0.8, "", "warned", ""),
    ]

    reviewed = Review(gates, NO_DRIFT)

    assert reviewed.verdict == "stopped"
    assert str(reviewed) == "stopped; auc stopped; users_kept warned"
    assert str(Review([], NO_DRIFT)) == "passed"


def test_a_first_sound_file_passes_without_a_comparison(champion: Champion) -> None:
    manifest = champion.manifest

    assert manifest.verdict == "passed"
    assert list(gates_of(manifest)) == [
        "score_parity",
        "calibration_slope",
        "calibration_level",
        "age_rule",
        "unpaid_loans",
        "score_order",
        "auc",
        "refused_users",
        "cost_ratio",
        "outcome_coverage",
        "default_rate_by_month",
        "loans_repeated",
    ]
    assert manifest.drift == NO_DRIFT


def test_the_champions_own_file_passes_every_gate(champion: Champion, repeated: Manifest) -> None:
    gates = gates_of(repeated)

    assert repeated.verdict == "passed"
    assert {gate.verdict for gate in repeated.gates} == {"passed"}
    assert gates["auc"].measured == champion.manifest.metrics["roc_auc"]
    assert f"{gates['auc'].measured:.4f}" in gates["auc_on_record"].limit
    assert gates["auc_against_champion"].measured == 0.0
    assert gates["users_kept"].measured == 1.0
    assert replace(repeated.drift, spreads={}) == Drift(
        champion=champion.manifest.version,
        score=0.0,
        features=dict.fromkeys(MODEL_FEATURES, 0.0),
    )
    for spread in repeated.drift.spreads.values():
        assert spread.actual == pytest.approx(spread.expected)


def test_the_same_portfolio_a_quarter_later_has_not_drifted(
    folder: Path, sound_loans: pd.DataFrame
) -> None:
    earlier = sound_loans[sound_loans["loan_date"] < "2020-10-01"]
    build(folder, "earlier", earlier, None)
    champion = read_champion(folder / "earlier")

    later = build(folder, "later", sound_loans, champion)

    assert not stopping(later)
    assert gates_of(later)["stability_probability"].verdict == "passed"


def test_a_file_with_tripled_amounts_is_stopped_by_the_drift_gate(
    folder: Path, sound_loans: pd.DataFrame, champion: Champion
) -> None:
    drifted = sound_loans.assign(loan_amount=sound_loans["loan_amount"] * 3)

    manifest = build(folder, "drifted", drifted, champion)

    index = manifest.drift.features["avg_amount_loans_previous"]
    assert manifest.verdict == "stopped"
    assert stopping(manifest) == {"stability_avg_amount_loans_previous"}
    assert index is not None
    assert index > STRONG_DRIFT
    assert manifest.drift.features["age"] == 0.0


def test_a_file_with_half_the_users_is_stopped_by_the_counts(
    folder: Path, sound_loans: pd.DataFrame, champion: Champion
) -> None:
    manifest = build(folder, "half", take_users(sound_loans, N_USERS // 2), champion)

    assert manifest.verdict == "stopped"
    assert stopping(manifest) >= {"users_kept", "loans_kept", "users_lost", "loans_lost"}
    assert gates_of(manifest)["users_kept"].measured == 0.5


def test_a_file_that_gives_a_worse_model_is_stopped_by_the_champions_auc(
    folder: Path, sound_loans: pd.DataFrame, champion: Champion
) -> None:
    latest = sound_loans.sort_values(["loan_date", "loan_id"]).drop_duplicates(USER, keep="last")
    role = sound_loans[USER].map(assign_roles(latest)["role"])
    learned_from = (role != "test").to_numpy()
    status = sound_loans["status"].to_numpy(copy=True)
    status[learned_from] = np.random.default_rng(2).permutation(status[learned_from])

    manifest = build(folder, "worse", sound_loans.assign(status=status), champion)

    assert manifest.verdict == "stopped"
    # The test persons are unchanged: the champion ranks them as well as ever.
    assert stopping(manifest) >= {"auc", "auc_against_champion", "defaults_kept"}
    assert not stopping(manifest) & {"users_kept", "loans_kept", "score_parity"}


def test_a_candidate_is_not_compared_with_a_champion_made_from_the_sample(
    folder: Path, sound_loans: pd.DataFrame, champion: Champion
) -> None:
    source: Source = {"name": "loans.csv", "sha256": SAMPLE_SHA256}
    placeholder = Champion(replace(champion.manifest, source=source), champion.model)

    manifest = build(folder, "few", take_users(sound_loans, 150), placeholder)

    assert not stopping(manifest)
    assert list(gates_of(manifest)) == list(gates_of(champion.manifest))
    assert manifest.drift == NO_DRIFT


def test_a_champion_whose_model_cannot_be_read_is_compared_by_counts_and_drift_alone(
    folder: Path, sound_loans: pd.DataFrame, champion: Champion
) -> None:
    unread = Champion(champion.manifest, None)

    manifest = build(folder, "other", take_users(sound_loans, 150), unread)

    assert gates_of(manifest)["auc_against_champion"].verdict == "warned"
    assert gates_of(manifest)["loans_lost"].verdict == "warned"
    assert "users_kept" in stopping(manifest)
    # Scores of two models differ without any drift of the users.
    assert manifest.drift.score is None
    assert manifest.drift.features["age"] is not None


def test_drift_is_measured_of_the_columns_that_champion_and_candidate_share(
    folder: Path, sound_loans: pd.DataFrame, champion: Champion
) -> None:
    age = champion.manifest.distributions["age"]
    older = replace(champion.manifest, distributions={"age": age, "dropped_feature": age})

    manifest = build(folder, "shared", take_users(sound_loans, 150), Champion(older, None))

    assert set(manifest.drift.features) == {"age"}
    assert [name for name in gates_of(manifest) if "stability" in name] == ["stability_age"]


def test_a_whole_run_on_users_delivered_twice_stops(
    folder: Path, sound_loans: pd.DataFrame
) -> None:
    copies = sound_loans.assign(
        id=sound_loans[USER] + 900_000_000, loan_id=sound_loans["loan_id"] + 900_000_000
    )

    manifest = build(folder, "twice", pd.concat([sound_loans, copies]), None)

    assert manifest.verdict == "stopped"
    assert gates_of(manifest)["loans_repeated"].verdict == "stopped"


def test_two_runs_with_the_same_inputs_differ_only_in_time_and_version(
    folder: Path, sound_loans: pd.DataFrame, champion: Champion, repeated: Manifest
) -> None:
    again = build(folder, "again", sound_loans, champion)

    assert replace(again, version=repeated.version, created=repeated.created) == repeated
    tables = [(folder / name / SERVING_TABLE).read_bytes() for name in ("again", "repeated")]
    assert tables[0] == tables[1]
