"""What the models cost on later loans of persons held out: trees, a line, and the one chosen."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.candidates import COST_RATIO, read
from benchmarks.portfolios import LAST_WINTER, WINTER, deliver, draw_raw
from shared.release.features import LOAN_DATE, STATUS
from training.dataset.dataset import Dataset
from training.dataset.persons import HELD_OUT_SHARE
from training.dataset.split import Mask
from training.model.baseline import LOGISTIC_REGRESSION
from training.model.boosted_trees import Contest
from training.model.classifier import predict_default
from training.model.decision import DecisionRule
from training.model.selection import Persons, Sample

ALL_KNOWN = date(2021, 6, 30)
"""By this day, every outcome of a drawn portfolio is known."""

SERVED_DAYS = 90
"""Loans up to so many days after the run are tested on: until the next quarter's release."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A portfolio to choose a model for.

    Attributes
    ----------
    n_users : int
        Who have loans in the two years that are drawn.
    as_of : datetime.date
        The date of the run.
    """

    n_users: int
    as_of: date


PORTFOLIOS = {
    "10,000 users, first year": Portfolio(10_000, LAST_WINTER),
    "10,000 users, two years": Portfolio(10_000, WINTER),
    "36,000 users, two years": Portfolio(36_000, WINTER),
}
"""Every kind, by its name in the document."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How the choice turned out for one portfolio.

    Attributes
    ----------
    kind : str
        Of `PORTFOLIOS`.
    seed : int
        Of the generator.
    n_loans, n_defaults : int
        Tested on.
    trees, line, chosen : float
        Mean cost of a test loan.
    serves_trees : bool
        Whether trees were chosen.
    observed, predicted : float
        Share of defaults among the test loans, and the chosen model's mean probability.
    """

    kind: str
    seed: int
    n_loans: int
    n_defaults: int
    trees: float
    line: float
    chosen: float
    serves_trees: bool
    observed: float
    predicted: float

    @property
    def better(self) -> float:
        """The cost of the better of the two, known only in hindsight."""
        return min(self.trees, self.line)


def try_choice(kind: str, seed: int) -> Choice:
    """Fit both models of one portfolio, and test them on the same loans."""
    portfolio = PORTFOLIOS[kind]
    raw = draw_raw(portfolio.n_users, seed)
    dataset = read(deliver(raw, portfolio.as_of), portfolio.as_of)
    split = dataset.split
    contest = Contest.hold(
        Sample(dataset.take_examples(split.training), dataset.persons[split.training]),
        Sample(dataset.take_examples(split.calibration), dataset.persons[split.calibration]),
    )
    known = read(raw, ALL_KNOWN)
    test = known.take_examples(find_test_loans(known, split.cut, portfolio.as_of))
    status = test[STATUS].to_numpy(np.float64)
    scores = {
        name: predict_default(contest.fit(name), test)
        for name in (contest.best_trees, LOGISTIC_REGRESSION)
    }
    costs = {name: measure_cost(status, one) for name, one in scores.items()}
    winner = contest.winner
    return Choice(
        kind,
        seed,
        len(test),
        int(status.sum()),
        trees=costs[contest.best_trees],
        line=costs[LOGISTIC_REGRESSION],
        chosen=costs[winner],
        serves_trees=winner != LOGISTIC_REGRESSION,
        observed=float(status.mean()),
        predicted=float(scores[winner].mean()),
    )


def find_test_loans(known: Dataset, cut: date, as_of: date) -> Mask:
    """Find the later loans of the persons held out, until the next release.

    Parameters
    ----------
    known : Dataset
        With every outcome, also those that come after the run.
    cut : datetime.date
        The run's cut-off date.
    as_of : datetime.date
        The date of the run.
    """
    days = known.loans[LOAN_DATE]
    until = pd.Timestamp(as_of) + pd.Timedelta(days=SERVED_DAYS)
    later: Mask = ((days >= pd.Timestamp(cut)) & (days <= until)).to_numpy()
    return later & is_held_out(known.persons)


def is_held_out(persons: Persons) -> Mask:
    """Tell who is held out from every model: a person's number is the hash that decides it."""
    held_out: Mask = persons < HELD_OUT_SHARE * 2.0**64
    return held_out


def measure_cost(status: npt.NDArray[np.float64], scores: npt.NDArray[np.float64]) -> float:
    """Compute the mean cost of a loan, in refused good payers."""
    refused = DecisionRule(COST_RATIO).decide(scores)
    return float(np.where(status == 1, COST_RATIO * (1 - refused), refused).mean())
