"""The swap set, on a portfolio small enough to check by hand."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from shared.release.evaluation import Measured
from shared.release.features import LOAN_DATE, MODEL_FEATURES, STATUS, USER
from shared.release.swap_set import SwapGroup
from training.dataset.dataset import Dataset
from training.dataset.split import Split
from training.evaluation.reliability import find_wilson_interval
from training.evaluation.swap_set import Decider, measure_swap_set

CUT = date(2022, 1, 1)
CHAMPION_AS_OF = date(2021, 6, 30)


@dataclass(frozen=True)
class RiskByAge:
    """A model that predicts a hundredth of the age."""

    feature_names_in_: npt.NDArray[Any]

    def predict_proba(self, features: pd.DataFrame) -> npt.NDArray[np.float64]:
        risk = features["age"].to_numpy() / 100
        return np.column_stack([1 - risk, risk])


CHAMPION = Decider("before", CHAMPION_AS_OF, RiskByAge(np.array(MODEL_FEATURES)), threshold=0.5)

USERS = pd.DataFrame(
    dict.fromkeys(MODEL_FEATURES, 0.0)
    | {
        # The champion's risk is age / 100: it refuses from 50 on.
        USER: [1, 2, 3, 4, 5],
        "age": [20.0, 40.0, 50.0, 80.0, 30.0],
        "probability": [0.1, 0.3, 0.05, 0.4, 0.35],
        "decision": [0, 1, 0, 1, 1],
    }
)


def make_dataset(*loans: tuple[int, str, float | None, bool]) -> Dataset:
    """Make loans of a user, day, status, and whether the outcome has fallen due."""
    users, days, status, due = (list(column) for column in zip(*loans, strict=True))
    frame = pd.DataFrame(
        {USER: users, LOAN_DATE: pd.to_datetime(days), STATUS: pd.array(status, "Float64")}
    )
    frame[STATUS] = frame[STATUS].astype(float)
    late = frame[LOAN_DATE].to_numpy() >= np.datetime64(CUT)
    nobody = np.zeros(len(frame), bool)
    split = Split(CUT, nobody, nobody, unseen=nobody, seen=late & np.array(due))
    return Dataset(frame, USERS, np.arange(len(frame), dtype=np.uint64), pd.Series(), split)


def test_users_are_grouped_by_both_decisions_with_both_predicted_risks() -> None:
    swapped = measure_swap_set(CHAMPION, make_dataset((1, "2021-07-01", 0.0, True)), USERS)

    assert (swapped.champion, swapped.observed_after) == ("before", "2021-06-30")
    assert swapped.newly_refused.n_users == 2
    assert swapped.newly_refused.champion_risk == pytest.approx((0.4 + 0.3) / 2)
    assert swapped.newly_refused.candidate_risk == pytest.approx((0.3 + 0.35) / 2)
    assert swapped.newly_approved.n_users == 1, "at the threshold the champion refuses"
    assert swapped.newly_approved.champion_risk == pytest.approx(0.5)
    assert swapped.newly_approved.candidate_risk == pytest.approx(0.05)
    assert swapped.approved_by_both.n_users == 1
    assert swapped.refused_by_both.n_users == 1


def test_only_later_loans_whose_outcome_is_due_and_known_are_observed() -> None:
    dataset = make_dataset(
        (2, "2021-06-30", 1.0, True),  # the champion's own last day
        (2, "2021-07-01", 1.0, True),
        (5, "2021-08-01", 0.0, True),
        (2, "2022-02-01", None, True),
        (2, "2022-02-02", 0.0, True),
        (2, "2022-05-01", 1.0, False),  # reported before it fell due
        (3, "2022-02-03", 0.0, True),
    )

    swapped = measure_swap_set(CHAMPION, dataset, USERS)

    refused = swapped.newly_refused
    assert (refused.n_loans, refused.n_defaults) == (3, 1)
    rate = refused.default_rate
    assert rate.value == pytest.approx(1 / 3)
    assert (rate.low, rate.high) == find_wilson_interval(1 / 3, 2), "two users, however many loans"
    assert (swapped.newly_approved.n_loans, swapped.newly_approved.n_defaults) == (1, 0)
    assert swapped.refused_by_both.default_rate == Measured(None)


def test_two_equal_models_swap_nobody() -> None:
    same = USERS.assign(probability=USERS["age"] / 100, decision=(USERS["age"] >= 50).astype(int))

    swapped = measure_swap_set(CHAMPION, make_dataset((1, "2021-07-01", 0.0, True)), same)

    nobody = SwapGroup(0, None, None, 0, 0, Measured(None))
    assert swapped.newly_refused == swapped.newly_approved == nobody
    assert swapped.approved_by_both.champion_risk == swapped.approved_by_both.candidate_risk
