"""The refusal gates: nobody, everybody, and far from the champion's share."""

import pytest
from msgspec.structs import replace

from shared.release.facts import Verdict
from tests.support.release_facts import make_facts
from training.gates.refusals import judge_cost_ratio, judge_refused, judge_refused_since

POPULATION = replace(make_facts().population, predicted_default_share=0.08)


@pytest.mark.parametrize(
    ("share", "n_persons", "verdict"),
    [
        (0.0, 5000, "stopped"),
        (0.0, 250, "warned"),
        (0.001, 20_000, "stopped"),
        (0.08, 5000, "passed"),
        (0.08, 250, "passed"),
        (0.99, 5000, "stopped"),
        (1.0, 250, "stopped"),
        (0.7, 5000, "warned"),
    ],
)
def test_a_rule_that_refuses_nobody_or_everybody_is_stopped(
    share: float, n_persons: int, verdict: Verdict
) -> None:
    assert judge_refused(share, n_persons).verdict == verdict


@pytest.mark.parametrize(
    ("share", "n_persons", "verdict"),
    [
        (0.08, 5000, "passed"),
        (0.14, 5000, "warned"),
        (0.3, 5000, "stopped"),
        (0.015, 5000, "stopped"),
        # So few may differ by chance.
        (0.02, 100, "passed"),
    ],
)
def test_a_share_far_from_the_champions_is_stopped(
    share: float, n_persons: int, verdict: Verdict
) -> None:
    assert judge_refused_since(POPULATION, n_persons, share, n_persons).verdict == verdict


def test_a_champion_that_refused_nobody_is_no_measure() -> None:
    nobody = replace(POPULATION, predicted_default_share=0.0)

    assert judge_refused_since(nobody, 5000, 0.06, 5000).verdict == "warned"


@pytest.mark.parametrize(
    ("ratio", "verdict"), [(0.2, "stopped"), (1.0, "passed"), (20.0, "passed")]
)
def test_a_default_that_costs_less_than_a_refusal_is_stopped(
    ratio: float, verdict: Verdict
) -> None:
    assert judge_cost_ratio(ratio).verdict == verdict
