"""Cutoffs against a slow loop over the loans."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from training.evaluation.bootstrap import draw_persons
from training.evaluation.cutoffs import COST_FACTORS, ROUNDS, describe_cutoffs, describe_tenths
from training.evaluation.score_counts import Floats, Integers
from training.model.boosted_trees import SEED
from training.model.decision import DecisionRule

RULE = DecisionRule(cost_ratio=20.0)


def draw_loans(seed: int = 0) -> tuple[Integers, Floats, Integers]:
    draw = np.random.default_rng(seed)
    probabilities = draw.beta(0.5, 8, size=4000)
    status = (draw.random(4000) < probabilities).astype(np.int64)
    return status, probabilities, np.arange(4000) // 8


def test_every_cutoff_equals_what_a_loop_counts() -> None:
    status, probabilities, persons = draw_loans()

    facts = describe_cutoffs(status, probabilities, persons, RULE)

    assert facts is not None
    assert len(facts.thresholds) == 21
    for cutoff in (*facts.thresholds, *facts.cost_ratios):
        refused = probabilities >= cutoff.threshold
        missed = int(status[~refused].sum())
        cost = int((1 - status[refused]).sum()) + cutoff.cost_ratio * missed
        assert cutoff.approval_rate.value == pytest.approx(1 - refused.mean())
        assert cutoff.bad_rate.value == pytest.approx(status[~refused].mean())
        assert cutoff.precision.value == pytest.approx(precision_score(status, refused))
        assert cutoff.recall.value == pytest.approx(recall_score(status, refused))
        assert cutoff.expected_cost.value == pytest.approx(cost / len(status))


def test_the_chosen_threshold_is_among_them_and_costs_least_where_scores_are_calibrated() -> None:
    status, probabilities, persons = draw_loans()

    facts = describe_cutoffs(status, probabilities, persons, RULE)

    assert facts is not None
    thresholds = [cutoff.threshold for cutoff in facts.thresholds]
    assert thresholds == sorted(thresholds)
    assert RULE.threshold in thresholds
    costs = [cutoff.expected_cost.value or 0 for cutoff in facts.thresholds]
    assert abs(int(np.argmin(costs)) - thresholds.index(RULE.threshold)) <= 3


def test_intervals_are_those_of_loans_drawn_person_by_person() -> None:
    status, probabilities, persons = draw_loans()

    facts = describe_cutoffs(status, probabilities, persons, RULE)

    assert facts is not None
    cutoff = facts.cost_ratios[2]
    missed, refused = [], []
    for times in draw_persons(500, ROUNDS, SEED):
        drawn = np.repeat(np.arange(4000), times[persons])
        approved = probabilities[drawn] < cutoff.threshold
        missed.append(status[drawn][approved].mean())
        refused.append((~approved).mean())
    for measured, values in ((cutoff.bad_rate, missed), (cutoff.approval_rate, refused)):
        low, high = np.percentile(values, (2.5, 97.5))
        told = (measured.low, measured.high)
        assert told == pytest.approx((low, high) if values is missed else (1 - high, 1 - low))


def test_intervals_surround_the_values() -> None:
    facts = describe_cutoffs(*draw_loans(), RULE)

    assert facts is not None
    for cutoff in facts.thresholds:
        for measured in (cutoff.approval_rate, cutoff.bad_rate, cutoff.expected_cost):
            assert measured.low is not None
            assert measured.high is not None
            assert measured.value is not None
            assert measured.low <= measured.value <= measured.high


def test_other_costs_choose_other_thresholds() -> None:
    facts = describe_cutoffs(*draw_loans(), RULE)

    assert facts is not None
    assert [one.cost_ratio for one in facts.cost_ratios] == [20 * one for one in COST_FACTORS]
    assert [one.threshold for one in facts.cost_ratios] == pytest.approx(
        [1 / (1 + 20 * one) for one in COST_FACTORS]
    )


def test_the_confusion_matrix_is_scikit_learns() -> None:
    status, probabilities, persons = draw_loans()

    facts = describe_cutoffs(status, probabilities, persons, RULE)

    assert facts is not None
    found = facts.confusion
    expected = confusion_matrix(status, RULE.decide(probabilities))
    assert [
        [found.approved_paid, found.refused_paid],
        [found.approved_defaulted, found.refused_defaulted],
    ] == expected.tolist()


def test_the_riskiest_tenth_comes_first_and_all_defaults_are_gained_in_the_last() -> None:
    status, probabilities, _ = draw_loans()

    tenths = describe_tenths(status, probabilities)

    top = np.argsort(-probabilities)[:400]
    assert tenths[0].n_defaults == status[top].sum()
    assert tenths[0].lift == pytest.approx(status[top].mean() / status.mean())
    assert tenths[-1].gain == pytest.approx(1.0)
    assert sum(one.n_loans for one in tenths) == 4000


def test_one_score_for_all_has_no_lift_whatever_the_order() -> None:
    status = np.repeat([1, 0], [50, 450])

    tenths = describe_tenths(status, np.full(500, 0.1))

    assert [one.lift for one in tenths] == pytest.approx([1.0] * 10)


def test_no_loans_have_no_cutoffs() -> None:
    nothing = np.empty(0, np.int64)

    assert describe_cutoffs(nothing, np.empty(0), nothing, RULE) is None
