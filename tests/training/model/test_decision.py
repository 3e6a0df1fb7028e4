"""Decisions at the threshold that minimises the cost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.model.decision import DecisionRule


def test_a_default_is_predicted_at_or_above_the_threshold() -> None:
    rule = DecisionRule(cost_ratio=4.0)

    decisions = rule.decide(np.array([0.19, 0.2, 0.21]))

    assert rule.threshold == pytest.approx(0.2)
    assert decisions.tolist() == [0, 1, 1]


@given(
    st.floats(0.1, 200),
    st.floats(0, 1),
)
def test_the_decision_never_costs_more_than_its_alternative(
    ratio: float, probability: float
) -> None:
    refused = DecisionRule(ratio).decide(np.array([probability]))[0] == 1

    cost_of_refusing, cost_of_lending = 1 - probability, ratio * probability

    least = min(cost_of_refusing, cost_of_lending)
    chosen = cost_of_refusing if refused else cost_of_lending
    assert chosen == pytest.approx(least, abs=1e-9)
