"""The gates at their limits: calibration, AUC, counts, and the worst verdict."""

from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shared.release.evaluation import Measured
from shared.release.facts import Gate, Verdict
from tests.support.release_facts import make_facts
from tests.support.slices import make_slice
from training.gates.gates import (
    check_auc_above_chance,
    judge_against_champion,
    judge_calibration,
    judge_counts,
    judge_parity,
    worst_verdict,
)

VERDICTS: list[Verdict] = ["passed", "warned", "stopped"]
COUNTS = replace(make_facts().counts, users=1000, loans=20_000)


def make_gate(verdict: Verdict) -> Gate:
    return Gate("auc", 1.0, "", verdict, "")


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
def test_a_slope_stops_only_when_its_whole_interval_is_outside_the_limits(
    low: float, high: float, verdict: Verdict
) -> None:
    slope = Measured((low + high) / 2, low, high)

    gate = judge_calibration(make_slice(calibration_slope=slope))

    assert (gate.name, gate.verdict) == ("calibration_slope", verdict)
    assert gate.measured == slope.value
    assert f"{low:.4f} to {high:.4f}" in gate.detail


def test_with_under_100_defaults_a_statistic_only_warns() -> None:
    bad = {"calibration_slope": Measured(0.4, 0.3, 0.5), "roc_auc": Measured(0.6, 0.55, 0.65)}

    for n_defaults, verdict in [(99, "warned"), (100, "stopped")]:
        test = make_slice(n_defaults, **bad)
        assert judge_calibration(test).verdict == verdict
        assert judge_against_champion(test, 0.8).verdict == verdict
    assert "99 test defaults are too few" in judge_calibration(make_slice(99, **bad)).detail


def test_an_undefined_statistic_warns() -> None:
    test = make_slice(calibration_slope=Measured(None), roc_auc=Measured(None))

    for gate in (judge_calibration(test), judge_against_champion(test, 0.8)):
        assert (gate.measured, gate.verdict) == (None, "warned")


def test_a_value_without_an_interval_never_stops() -> None:
    test = make_slice(calibration_slope=Measured(3.0))

    assert judge_calibration(test).verdict == "passed"


@pytest.mark.parametrize(
    ("champion", "verdict"),
    [(0.70, "passed"), (0.80, "passed"), (0.83, "passed"), (0.84, "passed"), (0.85, "stopped")],
)
def test_an_auc_stops_only_when_its_whole_interval_is_below_the_champions(
    champion: float, verdict: Verdict
) -> None:
    test = make_slice(roc_auc=Measured(0.8, 0.76, 0.84))

    gate = judge_against_champion(test, champion)

    assert (gate.name, gate.measured, gate.verdict) == ("auc", 0.8, verdict)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.51, 0.6, "passed"),
        (0.5, 0.6, "warned"),
        (0.4, 0.51, "warned"),
        (0.4, 0.5, "stopped"),
        # Constant scores.
        (0.5, 0.5, "stopped"),
    ],
)
def test_without_a_champion_the_auc_must_be_above_chance(
    low: float, high: float, verdict: Verdict
) -> None:
    middle = (low + high) / 2

    gate = check_auc_above_chance(make_slice(roc_auc=Measured(middle, low, high)))

    assert (gate.name, gate.measured, gate.verdict) == ("auc", middle, verdict)
    assert "No champion" in gate.detail


def test_without_a_champion_a_good_auc_of_few_defaults_warns() -> None:
    test = make_slice(99, roc_auc=Measured(0.9, 0.8, 1.0))

    assert check_auc_above_chance(test).verdict == "warned"


def test_a_champion_that_cannot_be_measured_warns() -> None:
    gate = judge_against_champion(make_slice(roc_auc=Measured(0.9, 0.8, 0.95)), None)

    assert (gate.name, gate.measured, gate.verdict) == ("auc", 0.9, "warned")


def test_parity_states_how_many_scores_were_checked() -> None:
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
def test_a_collapsed_number_of_users_stops(users: int, verdict: Verdict) -> None:
    of_users, of_loans = judge_counts(COUNTS, replace(COUNTS, users=users))

    assert (of_users.name, of_users.measured, of_users.verdict) == (
        "users_kept",
        users / 1000,
        verdict,
    )
    assert (of_loans.name, of_loans.verdict) == ("loans_kept", "passed")


def test_a_collapsed_number_of_loans_of_the_same_users_stops() -> None:
    verdicts = [gate.verdict for gate in judge_counts(COUNTS, replace(COUNTS, loans=9_000))]

    assert verdicts == ["passed", "stopped"]


@given(st.lists(st.sampled_from(VERDICTS), max_size=6))
def test_the_worst_verdict_wins(verdicts: list[Verdict]) -> None:
    expected = next((one for one in reversed(VERDICTS) if one in verdicts), "passed")

    assert worst_verdict(map(make_gate, verdicts)) == expected


def test_one_stop_among_any_others_stops() -> None:
    for pair in combinations_with_replacement(VERDICTS, 2):
        assert worst_verdict(map(make_gate, [*pair, "stopped"])) == "stopped"
