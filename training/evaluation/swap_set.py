"""The swap set: what changes when a candidate takes the champion's place."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.evaluation import Measured
from shared.release.features import LOAN_DATE, STATUS, USER
from shared.release.swap_set import SwapGroup, SwapSet
from training.dataset.dataset import Dataset
from training.evaluation.reliability import find_wilson_interval
from training.model.classifier import Classifier, predict_default


@dataclass(frozen=True, slots=True)
class Decider:
    """A model, and the probability of default from which on it refuses."""

    model: Classifier
    threshold: float


def measure_swap_set(
    champion: Decider, candidate: Decider, dataset: Dataset, champion_as_of: date
) -> SwapSet:
    """Compare two models' decisions on the same users, and on the loans since the champion.

    Parameters
    ----------
    champion, candidate : Decider
        The release that is served, and the one that may replace it.
    dataset : Dataset
        What the candidate was made from.
    champion_as_of : datetime.date
        The champion has seen no later loan.

    Notes
    -----
    Both models judge the users as they are now: a difference is the models', not the users'. A loan
    is judged as on its own day, and counts only if the candidate was not trained on it either:
    otherwise an outcome would decide in which group it is counted. Only granted loans have
    outcomes, so the rate where the champion refuses is that of the few who got a loan nevertheless.
    """
    users = _judge(champion, candidate, dataset.users)
    loans = _judge(champion, candidate, _take_later_loans(dataset, champion_as_of))

    def describe(before: int, after: int) -> SwapGroup:
        return _describe(*(_take(judged, before, after) for judged in (users, loans)))

    return SwapSet(
        observed_after=champion_as_of.isoformat(),
        newly_refused=describe(0, 1),
        newly_approved=describe(1, 0),
        approved_by_both=describe(0, 0),
        refused_by_both=describe(1, 1),
    )


def _take_later_loans(dataset: Dataset, after: date) -> pd.DataFrame:
    days = dataset.loans[LOAN_DATE].to_numpy().astype("datetime64[D]")
    tested = dataset.split.unseen | dataset.split.seen
    return dataset.loans[tested & (days > np.datetime64(after))]


def _judge(champion: Decider, candidate: Decider, rows: pd.DataFrame) -> pd.DataFrame:
    risks = {
        "champion_risk": _predict(champion.model, rows),
        "candidate_risk": _predict(candidate.model, rows),
    }
    return rows.assign(
        **risks,
        before=(risks["champion_risk"] >= champion.threshold).astype(int),
        after=(risks["candidate_risk"] >= candidate.threshold).astype(int),
    )


def _predict(model: Classifier, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    return predict_default(model, rows) if len(rows) else np.empty(0)


def _take(judged: pd.DataFrame, before: int, after: int) -> pd.DataFrame:
    return judged[(judged["before"] == before) & (judged["after"] == after)]


def _describe(users: pd.DataFrame, loans: pd.DataFrame) -> SwapGroup:
    n_loans, n_defaults = len(loans), int(loans[STATUS].sum())
    return SwapGroup(
        n_users=len(users),
        champion_risk=_mean(users["champion_risk"]),
        candidate_risk=_mean(users["candidate_risk"]),
        n_loans=n_loans,
        n_defaults=n_defaults,
        champion_risk_of_loans=_mean(loans["champion_risk"]),
        candidate_risk_of_loans=_mean(loans["candidate_risk"]),
        default_rate=_measure_rate(n_loans, n_defaults, loans[USER].nunique()),
    )


def _mean(risks: pd.Series) -> float | None:
    return float(risks.mean()) if len(risks) else None


def _measure_rate(n_loans: int, n_defaults: int, n_users: int) -> Measured:
    """Measure a rate with Wilson's interval, as wide as if each user had had a single loan."""
    if not n_loans:
        return Measured(None)
    rate = n_defaults / n_loans
    return Measured(rate, *find_wilson_interval(rate, n_users))
