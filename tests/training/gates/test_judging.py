"""How a figure becomes a verdict."""

from itertools import combinations_with_replacement

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.release.evaluation import Measured
from shared.release.facts import Gate, Verdict
from training.gates.judging import judge_parity, judge_range, judge_share, soften, worst_verdict

VERDICTS: list[Verdict] = ["passed", "warned", "stopped"]


def make_gate(verdict: Verdict) -> Gate:
    return Gate("auc", 1.0, "", verdict, "")


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.9, 1.1, "passed"),
        (0.7, 0.79, "warned"),
        (0.5, 0.59, "stopped"),
        (0.5, 0.7, "warned"),
        (0.5, 0.9, "passed"),
        (1.7, 1.8, "stopped"),
        (1.3, 1.8, "warned"),
        # It reaches beyond the limits on both sides and tells nothing.
        (0.5, 1.8, "warned"),
    ],
)
def test_a_range_stops_only_when_the_whole_interval_is_outside(
    low: float, high: float, verdict: Verdict
) -> None:
    measured = Measured((low + high) / 2, low, high)

    gate = judge_range("level", measured, (0.8, 1.25), (0.6, 1.6))

    assert gate.verdict == verdict
    assert f"{low:.4f} to {high:.4f}" in gate.detail


@pytest.mark.parametrize("measured", [Measured(None), Measured(3.0)])
def test_a_figure_without_an_interval_warns(measured: Measured) -> None:
    assert judge_range("level", measured, (0.8, 1.25), (0.6, 1.6)).verdict == "warned"


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.01, "passed"), (0.02, "warned"), (0.1, "warned"), (0.11, "stopped")]
)
def test_a_share_is_held_against_two_limits(share: float, verdict: Verdict) -> None:
    assert judge_share(share, 0.01, 0.1) == verdict


def test_only_a_stop_is_softened() -> None:
    assert [soften(make_gate(verdict)).verdict for verdict in VERDICTS] == [
        "passed",
        "warned",
        "warned",
    ]
    assert "too few" in soften(make_gate("stopped")).detail


def test_parity_states_how_many_scores_were_checked() -> None:
    gate = judge_parity(36_457)

    assert (gate.name, gate.verdict) == ("score_parity", "passed")
    assert "36,457 users" in gate.detail


@given(st.lists(st.sampled_from(VERDICTS), max_size=6))
def test_the_worst_verdict_wins(verdicts: list[Verdict]) -> None:
    expected = next((one for one in reversed(VERDICTS) if one in verdicts), "passed")

    assert worst_verdict(map(make_gate, verdicts)) == expected


def test_one_stop_among_any_others_stops() -> None:
    for pair in combinations_with_replacement(VERDICTS, 2):
        assert worst_verdict(map(make_gate, [*pair, "stopped"])) == "stopped"
