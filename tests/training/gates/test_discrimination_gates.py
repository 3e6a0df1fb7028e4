"""The AUC gates: above chance always, and no worse than the champion."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from shared.release.evaluation import Measured
from shared.release.facts import Gate, Verdict
from shared.release.manifest import Manifest
from tests.support.release_facts import make_facts, make_manifest, with_test_slice
from tests.support.slices import make_slice
from training.gates.discrimination import (
    LARGE_LOSS,
    LEAST_LOSS,
    judge_above_chance,
    judge_against_champion,
)
from training.gates.judged_loans import JudgedLoans
from training.gates.judging import ENOUGH_PERSONS


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.51, 0.6, "passed"),
        (0.5, 0.6, "stopped"),
        (0.4, 0.61, "stopped"),
        # Constant scores.
        (0.5, 0.5, "stopped"),
    ],
)
def test_the_lower_end_of_the_auc_must_be_above_chance(
    low: float, high: float, verdict: Verdict
) -> None:
    middle = (low + high) / 2

    gate = judge_above_chance(make_slice(roc_auc=Measured(middle, low, high)), ENOUGH_PERSONS)

    assert (gate.name, gate.measured, gate.verdict) == ("auc", middle, verdict)


def test_a_model_without_a_measurable_auc_is_stopped() -> None:
    assert judge_above_chance(make_slice(roc_auc=Measured(None)), 50).verdict == "stopped"


def test_with_too_few_persons_to_tell_an_auc_near_chance_warns() -> None:
    test = make_slice(roc_auc=Measured(0.5, 0.4, 0.6))

    assert judge_above_chance(test, ENOUGH_PERSONS - 1).verdict == "warned"


def test_an_auc_surely_below_chance_stops_however_few_defaulted() -> None:
    test = make_slice(roc_auc=Measured(0.2, 0.05, 0.45))

    assert judge_above_chance(test, 3).verdict == "stopped"


def draw_loans(candidate_noise: float, champion_noise: float, n_persons: int = 600) -> JudgedLoans:
    """Draw persons of ten loans, whose rate both models see through some noise."""
    draw = np.random.default_rng(4)
    log_odds = draw.normal(-2.5, 1.5, n_persons).repeat(10)
    status = (draw.random(len(log_odds)) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)
    scores, champion = (
        1 / (1 + np.exp(-log_odds - draw.normal(0, noise, len(log_odds))))
        for noise in (candidate_noise, champion_noise)
    )
    persons = np.arange(n_persons, dtype=np.uint64).repeat(10)
    return JudgedLoans(status, persons, scores, champion)


def champion_with(auc: Measured) -> Manifest:
    return make_manifest(
        evaluation=with_test_slice(make_facts(), metrics={"roc_auc": auc}).evaluation
    )


def compare(
    loans: JudgedLoans,
    auc: Measured = Measured(0.8, 0.75, 0.85),  # noqa: B008 -- frozen
    recorded: Measured = Measured(0.8, 0.75, 0.85),  # noqa: B008 -- frozen
) -> dict[str, Gate]:
    gates = judge_against_champion(make_slice(roc_auc=auc), loans, champion_with(recorded))
    return {gate.name: gate for gate in gates}


def test_a_candidate_that_ranks_worse_on_the_same_loans_is_stopped() -> None:
    gate = compare(draw_loans(2.0, 1.0))["auc_against_champion"]

    assert gate.verdict == "stopped"
    assert gate.measured is not None
    assert gate.measured < -0.01


@pytest.mark.parametrize(("candidate", "champion"), [(1.0, 1.0), (1.0, 2.0)])
def test_a_candidate_that_ranks_as_well_or_better_passes(candidate: float, champion: float) -> None:
    gate = compare(draw_loans(candidate, champion))["auc_against_champion"]

    assert gate.verdict == "passed"


def overstate(scores: npt.NDArray[np.float64] | None) -> npt.NDArray[np.float64]:
    """Multiply the odds by 4, which leaves the order as it is."""
    assert scores is not None
    return 1 / (1 + (1 / scores - 1) / 4)


def test_a_small_loss_warns_however_sure() -> None:
    gate = compare(draw_loans(0.3, 0.0, 2000))["auc_against_champion"]

    assert gate.measured is not None
    assert -LEAST_LOSS < gate.measured < 0
    assert gate.verdict == "warned"


def test_a_moderate_loss_stops_unless_the_log_loss_is_as_good() -> None:
    loans = draw_loans(0.5, 0.0, 2000)

    plain = compare(loans)["auc_against_champion"]
    against_overstated = compare(replace(loans, champion=overstate(loans.champion)))

    assert plain.measured is not None
    assert -LARGE_LOSS < plain.measured < -LEAST_LOSS
    assert plain.verdict == "stopped"
    assert against_overstated["auc_against_champion"].verdict == "warned"


def test_a_large_loss_stops_whatever_the_log_loss() -> None:
    loans = draw_loans(0.8, 0.0, 2000)

    gate = compare(replace(loans, champion=overstate(loans.champion)))["auc_against_champion"]

    assert "Log loss: 0." in gate.detail
    assert gate.verdict == "stopped"


def test_an_unreadable_champion_is_compared_by_its_recorded_auc() -> None:
    loans = draw_loans(1.0, 1.0)
    unread = JudgedLoans(loans.status, loans.persons, loans.scores, None)

    gates = compare(unread, Measured(0.70, 0.66, 0.74), Measured(0.88, 0.85, 0.91))

    assert gates["auc_against_champion"].verdict == "warned"
    assert gates["auc_on_record"].verdict == "stopped"


@pytest.mark.parametrize(
    ("high", "verdict"), [(0.85, "passed"), (0.8, "passed"), (0.79, "warned"), (0.74, "stopped")]
)
def test_the_recorded_auc_allows_for_another_period(high: float, verdict: Verdict) -> None:
    gates = compare(draw_loans(1.0, 1.0), Measured(high - 0.05, high - 0.1, high))

    assert gates["auc_on_record"].verdict == verdict


def test_a_champion_without_an_auc_on_record_warns() -> None:
    gates = compare(draw_loans(1.0, 1.0), recorded=Measured(None))

    assert gates["auc_on_record"].verdict == "warned"
