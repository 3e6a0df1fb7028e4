"""The swap set: whose decision changes when a candidate takes the champion's place."""

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

type Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Decider:
    """The release whose decisions a candidate's are compared with.

    Attributes
    ----------
    version : str
        Its name.
    as_of : datetime.date
        Its as-of date: later loans it has not seen.
    model : Classifier
        Its model.
    threshold : float
        The probability of default from which on it refuses.
    """

    version: str
    as_of: date
    model: Classifier
    threshold: float


def measure_swap_set(champion: Decider, dataset: Dataset, scored: pd.DataFrame) -> SwapSet:
    """Compare two models' decisions on the same users, and what became of those users.

    Parameters
    ----------
    champion : Decider
        The release that is served.
    dataset : Dataset
        What the candidate was made from.
    scored : pandas.DataFrame of shape (n_users, n_columns)
        The users, with the candidate's `probability` and `decision` and the features of both
        models.

    Notes
    -----
    Both models judge the users as they are now: a difference is the models', not the users'. Only
    granted loans have outcomes, so the rate of those whom the champion refuses is that of the few
    who got a loan nevertheless.
    """
    before = predict_default(champion.model, scored)
    refused, refuses = before >= champion.threshold, scored["decision"].to_numpy() == 1
    users = pd.DataFrame(
        {"before": before, "after": scored["probability"].to_numpy()}, index=scored[USER].to_numpy()
    )
    loans = _take_observed(dataset, champion.as_of)

    def describe(chosen: Mask) -> SwapGroup:
        return _describe(users[chosen], loans)

    return SwapSet(
        champion=champion.version,
        observed_after=champion.as_of.isoformat(),
        newly_refused=describe(~refused & refuses),
        newly_approved=describe(refused & ~refuses),
        approved_by_both=describe(~refused & ~refuses),
        refused_by_both=describe(refused & refuses),
    )


def _take_observed(dataset: Dataset, after: date) -> pd.DataFrame:
    """Take the loans granted after a date whose outcome has fallen due and is known."""
    loans, split = dataset.loans, dataset.split
    days = loans[LOAN_DATE].to_numpy().astype("datetime64[D]")
    due = split.unseen | split.seen | (days < np.datetime64(split.cut))
    observed = due & loans[STATUS].notna().to_numpy() & (days > np.datetime64(after))
    return loans.loc[observed, [USER, STATUS]]


def _describe(users: pd.DataFrame, loans: pd.DataFrame) -> SwapGroup:
    theirs = loans[loans[USER].isin(users.index)]
    n_loans, n_defaults = len(theirs), int(theirs[STATUS].sum())
    return SwapGroup(
        n_users=len(users),
        champion_risk=float(users["before"].mean()) if len(users) else None,
        candidate_risk=float(users["after"].mean()) if len(users) else None,
        n_loans=n_loans,
        n_defaults=n_defaults,
        default_rate=_measure_rate(n_loans, n_defaults, theirs[USER].nunique()),
    )


def _measure_rate(n_loans: int, n_defaults: int, n_users: int) -> Measured:
    """Measure a rate with Wilson's interval, as wide as if each user had had a single loan."""
    if not n_loans:
        return Measured(None)
    rate = n_defaults / n_loans
    return Measured(rate, *find_wilson_interval(rate, n_users))
