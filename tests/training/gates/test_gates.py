"""The gates: each at its limits, and on models that it must stop."""

from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.unconstrained_models import APPLICANTS, draw_status, fit_unconstrained
from training.evaluation.drift import describe_distribution
from training.evaluation.metrics import Slice
from training.gates.gates import (
    Gate,
    check_auc_above_chance,
    describe_gates,
    judge_against_champion,
    judge_age_rule,
    judge_calibration,
    judge_counts,
    judge_drift,
    judge_parity,
)
from training.model.boosted_trees import fit_model

VERDICTS = ["passed", "warned", "stopped"]


def measured(value: float | None, low: float | None, high: float | None) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high}


def make_slice(n_defaults: int = 100, **metrics: dict[str, Any]) -> Slice:
    return {
        "n_loans": 10 * n_defaults,
        "n_defaults": n_defaults,
        "n_persons": n_defaults,
        "metrics": metrics,  # type: ignore[typeddict-item]
        "reliability": [],
        "roc": {"false_positive_rate": [], "true_positive_rate": []},
        "precision_recall": {"recall": [], "precision": []},
    }


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.9, 1.1, "passed"),
        (0.5, 0.79, "stopped"),
        (0.5, 0.8, "passed"),
        (0.5, 0.9, "passed"),
        (1.1, 1.5, "passed"),
        (1.25, 1.5, "passed"),
        (1.26, 1.5, "stopped"),
        (0.1, 2.0, "passed"),
    ],
)
def test_a_slope_stops_only_when_its_whole_interval_is_outside(
    low: float, high: float, verdict: str
) -> None:
    slope = measured((low + high) / 2, low, high)

    gate = judge_calibration(make_slice(calibration_slope=slope))

    assert (gate.name, gate.verdict) == ("calibration_slope", verdict)
    assert gate.measured == slope["value"]
    assert f"{low:.4f} to {high:.4f}" in gate.detail


def test_under_100_defaults_a_statistic_only_warns() -> None:
    bad = {
        "calibration_slope": measured(0.4, 0.3, 0.5),
        "roc_auc": measured(0.6, 0.55, 0.65),
    }

    for n_defaults, verdict in [(99, "warned"), (100, "stopped")]:
        test = make_slice(n_defaults, **bad)
        assert judge_calibration(test).verdict == verdict
        assert judge_against_champion(test, 0.8).verdict == verdict
    assert "99 test defaults are too few" in judge_calibration(make_slice(99, **bad)).detail


def test_what_cannot_be_measured_warns() -> None:
    nothing = measured(None, None, None)
    test = make_slice(calibration_slope=nothing, roc_auc=nothing)

    for gate in (judge_calibration(test), judge_against_champion(test, 0.8)):
        assert (gate.measured, gate.verdict) == (None, "warned")


def test_a_value_without_an_interval_never_stops() -> None:
    test = make_slice(calibration_slope=measured(3.0, None, None))

    assert judge_calibration(test).verdict != "stopped"


@pytest.mark.parametrize(
    ("champion", "verdict"),
    [(0.70, "passed"), (0.80, "passed"), (0.83, "passed"), (0.84, "passed"), (0.85, "stopped")],
)
def test_an_auc_stops_only_when_its_whole_interval_is_below_the_champions(
    champion: float, verdict: str
) -> None:
    test = make_slice(roc_auc=measured(0.8, 0.76, 0.84))

    gate = judge_against_champion(test, champion)

    assert (gate.name, gate.measured, gate.verdict) == ("auc", 0.8, verdict)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.51, 0.6, "passed"),
        (0.5, 0.6, "warned"),
        (0.4, 0.51, "warned"),
        (0.4, 0.5, "stopped"),
        # Of constant scores.
        (0.5, 0.5, "stopped"),
    ],
)
def test_without_a_champion_an_auc_is_held_against_chance(
    low: float, high: float, verdict: str
) -> None:
    middle = (low + high) / 2

    gate = check_auc_above_chance(make_slice(roc_auc=measured(middle, low, high)))

    assert (gate.name, gate.measured, gate.verdict) == ("auc", middle, verdict)
    assert "No champion" in gate.detail
    assert (
        check_auc_above_chance(make_slice(99, roc_auc=measured(0.9, 0.8, 1.0))).verdict == "warned"
    )


def test_a_champion_that_cannot_be_measured_warns() -> None:
    gate = judge_against_champion(make_slice(roc_auc=measured(0.9, 0.8, 0.95)), None)

    assert (gate.name, gate.measured, gate.verdict) == ("auc", 0.9, "warned")


def test_parity_tells_how_many_scores_were_checked() -> None:
    gate = judge_parity(36_457)

    assert (gate.name, gate.verdict) == ("score_parity", "passed")
    assert "36,457 users" in gate.detail


@pytest.mark.parametrize(
    ("users", "verdict"),
    [
        (2000, "passed"),
        (1000, "passed"),
        (900, "passed"),
        (899, "warned"),
        (600, "warned"),
        (599, "stopped"),
        (500, "stopped"),
    ],
)
def test_a_collapsed_count_stops(users: int, verdict: str) -> None:
    champion = {"counts": {"users": 1000, "loans": 20_000}}

    of_users, of_loans = judge_counts(champion, {"users": users, "loans": 20_000})

    assert (of_users.name, of_users.measured, of_users.verdict) == (
        "users_kept",
        users / 1000,
        verdict,
    )
    assert (of_loans.name, of_loans.verdict) == ("loans_kept", "passed")


def test_lost_loans_of_kept_users_stop_too() -> None:
    champion = {"counts": {"users": 1000, "loans": 20_000}}

    verdicts = [gate.verdict for gate in judge_counts(champion, {"users": 1000, "loans": 9_000})]

    assert verdicts == ["passed", "stopped"]


def drift_of(share_of_owners: float, n_users: int = 20_000) -> Gate:
    """Judge a car flag that half of the champion's users had."""
    champion = {"version": "v1", "distributions": {"flag_own_car": describe_distribution([0, 1])}}
    owners = round(share_of_owners * n_users)
    scored = pd.DataFrame({"flag_own_car": [1.0] * owners + [0.0] * (n_users - owners)})
    (gate,) = judge_drift(champion, scored, make_slice())
    return gate


@pytest.mark.parametrize(
    ("share", "index", "verdict"),
    [
        (0.50, 0.0, "passed"),
        (0.65, 0.0929, "passed"),
        (0.66, 0.1061, "warned"),
        (0.73, 0.2288, "warned"),
        (0.76, 0.2997, "stopped"),
    ],
)
def test_drift_above_a_tenth_warns_and_above_a_quarter_stops(
    share: float, index: float, verdict: str
) -> None:
    gate = drift_of(share)

    assert gate.name == "stability_flag_own_car"
    assert gate.measured == pytest.approx(index, abs=5e-5)
    assert gate.verdict == verdict


def test_drift_that_chance_could_have_made_only_warns() -> None:
    assert drift_of(0.76, n_users=50).verdict == "warned"


def test_a_slight_drift_passes_however_few_the_defaults() -> None:
    told = describe_distribution(np.arange(100.0))
    champion = {"version": "v1", "distributions": {"age": told}}
    few = make_slice(12)

    (same,) = judge_drift(champion, pd.DataFrame({"age": np.arange(100.0)}), few)
    (other,) = judge_drift(champion, pd.DataFrame({"age": 1000.0 + np.arange(100.0)}), few)

    assert (same.verdict, other.verdict) == ("passed", "warned")
    assert "too few" not in same.detail
    assert "12 test defaults are too few" in other.detail


def test_score_and_features_are_judged_as_far_as_the_champion_tells_them() -> None:
    told = describe_distribution([0.1, 0.2, 0.3])
    champion = {"version": "v1", "distributions": {"probability": told, "age": told, "gone": told}}
    scored = pd.DataFrame({"probability": [0.1, 0.2, 0.3], "age": [0.1, 0.2, 0.3], "new": 1.0})

    gates = list(judge_drift(champion, scored, make_slice()))

    assert [gate.name for gate in gates] == ["stability_probability", "stability_age"]
    assert list(judge_drift({"version": "v0"}, scored, make_slice())) == []


def test_a_feature_that_nobody_has_any_more_does_not_pass() -> None:
    champion = {"version": "v1", "distributions": {"age": describe_distribution([30.0, 40.0])}}

    (gate,) = judge_drift(champion, pd.DataFrame({"age": [np.nan] * 1000}), make_slice())

    assert gate.verdict == "stopped"


RISES_WITH_AGE = draw_status(0.05 + 0.5 * (APPLICANTS["age"] - 20) / 56)
PEAKS_FROM_66_TO_68 = draw_status(APPLICANTS["age"].between(66, 68).astype(float))


def test_the_projects_model_keeps_the_age_rule_even_where_the_risk_rises_with_age() -> None:
    applicants = APPLICANTS.assign(status=RISES_WITH_AGE)

    gate = judge_age_rule(fit_model(applicants, applicants.iloc[:0]), APPLICANTS)

    assert (gate.name, gate.measured, gate.verdict) == ("age_rule", 0.0, "passed")


def test_a_model_without_constraints_whose_risk_rises_with_age_is_stopped() -> None:
    gate = judge_age_rule(fit_unconstrained(RISES_WITH_AGE), APPLICANTS)

    assert gate.measured
    assert gate.verdict == "stopped"
    assert f"{round(gate.measured * 6000):,} of 6,000 users" in gate.detail


def test_a_risk_that_rises_for_three_years_of_old_age_only_is_found_for_everybody() -> None:
    gate = judge_age_rule(fit_unconstrained(PEAKS_FROM_66_TO_68), APPLICANTS)

    assert (gate.measured, gate.verdict) == (1.0, "stopped")


@pytest.mark.parametrize(("split_at", "verdict"), [(61, "passed"), (62, "stopped")])
def test_the_62nd_birthday_is_the_first_that_counts(split_at: int, verdict: str) -> None:
    status = draw_status((APPLICANTS["age"] >= split_at).astype(float))

    assert judge_age_rule(fit_unconstrained(status), APPLICANTS).verdict == verdict


@given(st.lists(st.sampled_from(VERDICTS), max_size=6))
def test_the_worst_verdict_wins(verdicts: list[Any]) -> None:
    described = describe_gates([Gate("g", None, "", verdict, "") for verdict in verdicts])

    expected = next((one for one in reversed(VERDICTS) if one in verdicts), "passed")
    assert described["verdict"] == expected
    assert [gate["verdict"] for gate in described["gates"]] == verdicts


def test_one_stop_among_any_others_stops() -> None:
    for pair in combinations_with_replacement(VERDICTS, 2):
        gates = [Gate("g", 1.0, "l", verdict, "d") for verdict in (*pair, "stopped")]  # type: ignore[arg-type]
        assert describe_gates(gates)["verdict"] == "stopped"
