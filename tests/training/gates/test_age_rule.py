"""The age rule: users whose risk rises at 62 or later, and the gate that stops their model."""

import numpy as np
import pytest

from tests.support.unconstrained_models import APPLICANTS, draw_status, fit_unconstrained
from training.gates.age_rule import find_worsened, judge_age_rule
from training.model.boosted_trees import fit_model
from training.model.classifier import predict_default

RISES_WITH_AGE = draw_status(0.05 + 0.5 * (APPLICANTS["age"] - 20) / 56)
PEAKS_FROM_66_TO_68 = draw_status(APPLICANTS["age"].between(66, 68).astype(float))


@pytest.mark.parametrize("seed", range(4))
def test_it_finds_the_same_users_as_trying_every_age(seed: int) -> None:
    bad_age = np.random.default_rng(seed).random(100) < 0.5
    owners = APPLICANTS["flag_own_car"] > 0
    bad = owners & bad_age[APPLICANTS["age"].astype(int)]
    model = fit_unconstrained(draw_status(bad.astype(float)))
    users = APPLICANTS.head(60)

    found = find_worsened(model, users)

    risks = np.array(
        [predict_default(model, users.assign(age=float(age))) for age in range(18, 110)]
    )
    younger, elderly = risks[:44], risks[44:]
    expected = [
        any(elderly[age, user] > other for age in range(len(elderly)) for other in younger[:, user])
        for user in range(len(users))
    ]
    assert found.tolist() == expected
    assert 0 < found.sum() < len(users)


def test_the_constrained_model_keeps_the_rule_even_where_the_risk_rises_with_age() -> None:
    applicants = APPLICANTS.assign(status=RISES_WITH_AGE)

    gate = judge_age_rule(fit_model(applicants, applicants.iloc[:0]), APPLICANTS)

    assert (gate.name, gate.measured, gate.verdict) == ("age_rule", 0.0, "passed")


def test_an_unconstrained_model_whose_risk_rises_with_age_is_stopped() -> None:
    gate = judge_age_rule(fit_unconstrained(RISES_WITH_AGE), APPLICANTS)

    assert gate.measured
    assert gate.verdict == "stopped"
    assert f"{round(gate.measured * 6000):,} of 6,000 users" in gate.detail


def test_a_risk_that_peaks_in_three_years_of_old_age_is_found_for_every_user() -> None:
    gate = judge_age_rule(fit_unconstrained(PEAKS_FROM_66_TO_68), APPLICANTS)

    assert (gate.measured, gate.verdict) == (1.0, "stopped")


@pytest.mark.parametrize(
    ("split_at", "verdict"), [(62, "stopped"), (61, "stopped"), (30, "stopped")]
)
def test_the_most_favoured_younger_age_counts(split_at: int, verdict: str) -> None:
    status = draw_status((APPLICANTS["age"] >= split_at).astype(float))

    assert judge_age_rule(fit_unconstrained(status), APPLICANTS).verdict == verdict


def test_elderly_ages_may_differ_among_themselves() -> None:
    # No age from 62 on is worse than any younger one, yet 62 to 65 are better than later ages.
    rate = APPLICANTS["age"].map(lambda age: 1.0 if age < 62 else 0.0 if age < 66 else 0.2)

    assert judge_age_rule(fit_unconstrained(draw_status(rate)), APPLICANTS).verdict == "passed"
