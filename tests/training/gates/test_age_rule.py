"""The age rule, against trying every age there is."""

import numpy as np
import pytest

from tests.support.unconstrained_models import APPLICANTS, draw_status, fit_unconstrained
from training.gates.age_rule import find_worsened
from training.model.boosted_trees import predict_default


@pytest.mark.parametrize("seed", range(4))
def test_it_finds_whom_trying_every_age_finds(seed: int) -> None:
    bad_age = np.random.default_rng(seed).random(100) < 0.5
    owners = APPLICANTS["flag_own_car"] > 0
    bad = owners & bad_age[APPLICANTS["age"].astype(int)]
    model = fit_unconstrained(draw_status(bad.astype(float)))
    users = APPLICANTS.head(60)

    found = find_worsened(model, users)

    risks = [predict_default(model, users.assign(age=float(age))) for age in range(61, 110)]
    rises = np.diff(np.array(risks), axis=0) > 0
    assert found.tolist() == rises.any(axis=0).tolist()
    assert 0 < found.sum() < len(users)
