"""The drift gates: at their limits, with few users, and for what grows by nature."""

import numpy as np
import pytest

from shared.release.evaluation import Measured
from shared.release.facts import Gate, Verdict
from training.evaluation.drift import describe_distribution, measure_stability
from training.gates.stability import GROWING, judge_drift


def judge_share_of_owners(share: float, n_users: int = 20_000) -> Gate:
    """Judge the drift of a car flag that half of the champion's users had."""
    owners = round(share * n_users)
    flags = [1.0] * owners + [0.0] * (n_users - owners)
    drift = {"flag_own_car": measure_stability(describe_distribution([0, 1]), flags)}
    (gate,) = judge_drift(drift)
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
def test_drift_warns_above_a_tenth_and_stops_above_a_quarter(
    share: float, index: float, verdict: Verdict
) -> None:
    gate = judge_share_of_owners(share)

    assert gate.name == "stability_flag_own_car"
    assert gate.measured == pytest.approx(index, abs=5e-5)
    assert gate.verdict == verdict


def test_drift_that_may_be_due_to_chance_only_warns() -> None:
    assert judge_share_of_owners(0.76, n_users=50).verdict == "warned"


def test_drift_is_judged_whatever_the_number_of_defaults() -> None:
    drift = {"age": Measured(0.01, 0.0, 0.02), "flag_own_car": Measured(3.0, 2.5, 3.5)}

    slight, strong = judge_drift(drift)

    assert (slight.verdict, strong.verdict) == ("passed", "stopped")


@pytest.mark.parametrize("name", sorted(GROWING))
def test_a_feature_that_grows_with_the_portfolio_only_warns(name: str) -> None:
    (gate,) = judge_drift({name: Measured(0.5, 0.45, 0.55)})

    assert gate.verdict == "warned"
    assert "stops" not in gate.limit


def test_undefined_drift_warns() -> None:
    (gate,) = judge_drift({"age": Measured(None)})

    assert (gate.measured, gate.verdict) == (None, "warned")


def test_a_feature_that_lost_all_its_values_is_stopped() -> None:
    index = measure_stability(describe_distribution([30.0, 40.0]), [np.nan] * 1000)

    (gate,) = judge_drift({"age": index})

    assert gate.verdict == "stopped"


def test_without_drift_there_is_no_gate() -> None:
    assert list(judge_drift({})) == []
