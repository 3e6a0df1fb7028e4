"""The swap set, on a portfolio small enough to check by hand."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from shared.release.evaluation import Measured
from shared.release.features import LOAN_DATE, MODEL_FEATURES, STATUS, USER
from shared.release.swap_set import SwapGroup, SwapSet
from training.dataset.dataset import Dataset
from training.dataset.split import Split
from training.evaluation.reliability import find_wilson_interval
from training.evaluation.swap_set import Decider, measure_swap_set

CUT = date(2022, 1, 1)
AS_OF = date(2022, 1, 31)


@dataclass(frozen=True)
class RiskBy:
    """A model that predicts a hundredth of one feature."""

    feature: str
    feature_names_in_: npt.NDArray[Any] = field(default_factory=lambda: np.array(MODEL_FEATURES))

    def predict_proba(self, features: pd.DataFrame) -> npt.NDArray[np.float64]:
        risk = features[self.feature].to_numpy() / 100
        return np.column_stack([1 - risk, risk])


CHAMPION = Decider(RiskBy("age"), threshold=0.5)
CANDIDATE = Decider(RiskBy("years_on_the_job"), threshold=0.3)


def make_rows(*rows: tuple[int, float, float]) -> pd.DataFrame:
    """Make rows of a user, the champion's risk and the candidate's, both in percent."""
    users, ages, years = zip(*rows, strict=True)
    features = dict.fromkeys(MODEL_FEATURES, 0.0) | {"age": ages, "years_on_the_job": years}
    return pd.DataFrame({USER: users} | features)


USERS = make_rows((1, 20, 10), (2, 40, 30), (3, 50, 5), (4, 80, 40), (5, 30, 35))


def swap(
    *loans: tuple[int, float, float, str, float | None],
    candidate: Decider = CANDIDATE,
    tested: bool = True,
) -> SwapSet:
    """Measure the swap set on loans of a user, two risks, a day and a status."""
    frame = make_rows(*(loan[:3] for loan in loans))
    frame[LOAN_DATE] = pd.to_datetime([loan[3] for loan in loans])
    frame[STATUS] = np.array([loan[4] for loan in loans], float)
    nobody = np.zeros(len(frame), bool)
    settled = (frame[LOAN_DATE] >= pd.Timestamp(CUT)) & frame[STATUS].notna() & tested
    odd = frame[USER].to_numpy() % 2 == 1
    tests = settled.to_numpy()
    split = Split(CUT, nobody, nobody, unseen=tests & odd, seen=tests & ~odd)
    dataset = Dataset(frame, USERS, frame[USER].to_numpy(np.uint64), pd.Series(), split)
    return measure_swap_set(CHAMPION, candidate, dataset, AS_OF)


def test_users_are_grouped_by_both_decisions_with_both_predicted_risks() -> None:
    swapped = swap((1, 20, 10, "2022-02-01", 0.0))

    assert swapped.observed_after == "2022-01-31"
    assert swapped.newly_refused.n_users == 2, "at its threshold the candidate refuses"
    assert swapped.newly_refused.champion_risk == pytest.approx((0.4 + 0.3) / 2)
    assert swapped.newly_refused.candidate_risk == pytest.approx((0.3 + 0.35) / 2)
    assert swapped.newly_approved.n_users == 1, "at its threshold the champion refuses"
    assert swapped.newly_approved.champion_risk == pytest.approx(0.5)
    assert swapped.newly_approved.candidate_risk == pytest.approx(0.05)
    assert (swapped.approved_by_both.n_users, swapped.refused_by_both.n_users) == (1, 1)


def test_a_loan_counts_where_both_models_put_it_on_its_own_day() -> None:
    swapped = swap(
        # The user is newly refused now, and was approved by both on the day of this loan.
        (2, 20, 10, "2022-02-01", 1.0),
        (2, 40, 30, "2022-02-02", 1.0),
        (5, 40, 40, "2022-02-03", 0.0),
        (5, 40, 40, "2022-02-04", 0.0),
        (3, 60, 10, "2022-02-05", 0.0),
    )

    refused, rate = swapped.newly_refused, swapped.newly_refused.default_rate
    assert (refused.n_loans, refused.n_defaults) == (3, 1)
    assert rate.value == pytest.approx(1 / 3)
    assert refused.champion_risk_of_loans == pytest.approx(0.4)
    assert refused.candidate_risk_of_loans == pytest.approx((0.3 + 0.4 + 0.4) / 3)
    assert (rate.low, rate.high) == find_wilson_interval(1 / 3, 2), "two users, however many loans"
    assert (swapped.approved_by_both.n_loans, swapped.approved_by_both.n_defaults) == (1, 1)
    assert (swapped.newly_approved.n_loans, swapped.newly_approved.n_defaults) == (1, 0)
    assert swapped.refused_by_both.default_rate == Measured(None)


def test_loans_that_a_model_has_seen_or_whose_outcome_is_unknown_do_not_count() -> None:
    of_champion = (2, 40.0, 30.0, "2022-01-31", 1.0)
    unknown = (2, 40.0, 30.0, "2022-02-01", None)
    of_candidate = (2, 40.0, 30.0, "2022-02-01", 1.0)

    assert swap(of_champion, unknown).newly_refused.n_loans == 0
    assert swap(of_candidate, tested=False).newly_refused.n_loans == 0
    assert swap(of_candidate).newly_refused.n_loans == 1


def test_two_equal_models_swap_nobody() -> None:
    swapped = swap((1, 20, 10, "2022-02-01", 0.0), candidate=CHAMPION)

    nobody = SwapGroup(0, None, None, 0, 0, None, None, Measured(None))
    assert swapped.newly_refused == swapped.newly_approved == nobody
    assert swapped.approved_by_both.champion_risk == swapped.approved_by_both.candidate_risk
