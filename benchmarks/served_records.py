"""What scoring users by their record as of the run gains over that of their last loan's day."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from benchmarks.candidates import read
from benchmarks.model_choice import is_held_out, measure_cost
from benchmarks.portfolios import SUMMER, deliver, draw_raw
from shared.release.features import LOAN, LOAN_DATE, RATE_PARTS, STATUS, USER
from training.dataset.dataset import Dataset
from training.evaluation.candidate import train
from training.model.baseline import UNPAID_RATE
from training.model.classifier import Classifier, predict_default

N_USERS = 36_000
AS_OF: date = SUMMER
"""Half a year of later loans is in the portfolio."""

RECORD = [*RATE_PARTS, UNPAID_RATE]


@dataclass(frozen=True, slots=True)
class Scored:
    """How well one way of scoring users foretells their next loan.

    Attributes
    ----------
    auc : float
        Of the next loan's outcome.
    cost : float
        Mean cost of a next loan.
    """

    auc: float
    cost: float


@dataclass(frozen=True, slots=True)
class Records:
    """Both ways of scoring the same users with the same model.

    Attributes
    ----------
    seed : int
        Of the generator.
    n_users, n_defaults : int
        Held out from the model and with a next loan; whose next loan was not paid on time.
    last_loan, run : Scored
        By the record on the last loan's day, and by the record as of the run.
    """

    seed: int
    n_users: int
    n_defaults: int
    last_loan: Scored
    run: Scored


def try_records(seed: int) -> Records:
    """Score the users of one portfolio in both ways, and wait for their next loans."""
    raw = draw_raw(N_USERS, seed)
    dataset = read(deliver(raw, AS_OF), AS_OF)
    model = train(dataset).model
    outcomes = find_next_outcomes(raw)
    users = dataset.users[_is_user_held_out(dataset) & dataset.users[USER].isin(outcomes.index)]
    status = users[USER].map(outcomes).to_numpy(np.float64)
    return Records(
        seed,
        len(users),
        int(status.sum()),
        _score(model, rewind_records(users, dataset.loans), status),
        _score(model, users, status),
    )


def find_next_outcomes(raw: pd.DataFrame) -> "pd.Series[float]":
    """Find the outcome of each user's first loan after the run, by user."""
    later = raw[raw[LOAN_DATE] > pd.Timestamp(AS_OF)].sort_values([LOAN_DATE, LOAN])
    return later.groupby(USER)[STATUS].first()


def rewind_records(users: pd.DataFrame, loans: pd.DataFrame) -> pd.DataFrame:
    """Give users the record that they had on their last loan's day."""
    then = loans.set_index(LOAN)[RECORD].loc[users[LOAN]]
    return users.assign(**{name: then[name].to_numpy() for name in RECORD})


def _is_user_held_out(dataset: Dataset) -> "pd.Series[bool]":
    held_out = dataset.loans.loc[is_held_out(dataset.persons), USER]
    return dataset.users[USER].isin(held_out)


def _score(model: Classifier, users: pd.DataFrame, status: np.ndarray) -> Scored:
    scores = predict_default(model, users)
    return Scored(float(roc_auc_score(status, scores)), measure_cost(status, scores))
