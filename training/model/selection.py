"""The choice between models, on persons that none of them was fitted on."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from shared.release.features import STATUS
from training.freed_memory import give_back, reuse_memory
from training.model.classifier import Floats
from training.model.informative import take_features
from training.model.persons_drawn import sample_persons
from training.model.tree_sums import TreeSums, take_columns

FOLDS = 3

_MOST_LOANS_AT_ONCE = 2_000_000
"""With more, the first candidate is fitted by itself: beside the loans, the design of the
regression takes more memory than they do, and that of all trees together about as much."""

MIN_CALIBRATION_DEFAULTS = 200
"""With fewer among the calibrating persons, the training loans calibrate too, as predicted when
their persons were left out."""

CLEAR_STANDARD_ERRORS = 2.0

MOST_LOANS_TO_CROSS_VALIDATE = 100_000
"""With more training loans, and defaults enough among the calibrating persons, the candidates are
compared on these instead, each fitted on all training loans."""

type Persons = npt.NDArray[np.uint64]
type Fit = Callable[[pd.DataFrame], Any]


class Sample(NamedTuple):
    """Loans, with the columns of `MODEL_FEATURES` and `status`, and who took each."""

    loans: pd.DataFrame
    persons: Persons

    @classmethod
    def of(cls, loans: pd.DataFrame, persons: Persons | None) -> Self:
        """Put loans and persons together; None stands for a person per loan."""
        return cls(loans, np.arange(len(loans), dtype=np.uint64) if persons is None else persons)


@dataclass(frozen=True, slots=True)
class Trial:
    """What candidates predict of persons left out, and what became of these persons' loans.

    Attributes
    ----------
    log_odds : dict of str to numpy.ndarray of shape (n_loans,)
        By candidate; empty where too few persons have loans of one class.
    status : numpy.ndarray of shape (n_loans,)
        1 for not paid on time, 0 for paid on time.
    persons : numpy.ndarray of uint64, of shape (n_loans,)
        Who took each loan.
    """

    log_odds: dict[str, Floats]
    status: Floats
    persons: Persons

    @classmethod
    def cross_validate(cls, candidates: Mapping[str, Fit], sample: Sample, seed: int) -> Self:
        """Let every candidate predict the persons of each fold, fitted on the other folds'.

        Parameters
        ----------
        candidates : mapping of str to function
            Each fits a classifier with a `decision_function`.
        sample : Sample
            No person is in two folds.
        seed : int
            For the folds.
        """
        loans, persons = sample
        status = loans[STATUS].to_numpy(np.float64)
        if min(_count(persons[status == 1]), _count(persons[status == 0])) < FOLDS:
            return cls({}, np.empty(0), np.empty(0, np.uint64))
        splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
        folds = list(splitter.split(loans, status, persons))
        log_odds = {name: _predict_left_out(fit, loans, folds) for name, fit in candidates.items()}
        return cls(log_odds, status, persons)

    @classmethod
    def hold_out(
        cls, candidates: Mapping[str, Fit], training: Sample, left_out: Sample
    ) -> tuple[Self, dict[str, Any]]:
        """Fit every candidate on some loans, and let it predict other persons' loans.

        Returns
        -------
        Trial
            On the loans left out.
        dict
            The fitted candidates.
        """

        def try_out(fit: Fit) -> tuple[Any, Floats]:
            # A limit holds for the thread that sets it.
            with threadpool_limits(1):
                one = fit(training.loans)
                return one, predict_log_odds(one, left_out.loans)

        fits = list(candidates.values())
        alone = 1 if len(training.loans) > _MOST_LOANS_AT_ONCE else 0
        results = [try_out(fit) for fit in fits[:alone]]
        # What the first has freed makes room for the others.
        give_back()
        with reuse_memory(), ThreadPoolExecutor(len(fits)) as pool:
            results += pool.map(try_out, fits[alone:])
        tried = dict(zip(candidates, results, strict=True))
        log_odds = {name: predicted for name, (_, predicted) in tried.items()}
        status = left_out.loans[STATUS].to_numpy(np.float64)
        fitted = {name: one for name, (one, _) in tried.items()}
        return cls(log_odds, status, left_out.persons), fitted

    @property
    def losses(self) -> dict[str, float]:
        """Each candidate's mean log loss."""
        return {name: float(self._losses(name).mean()) for name in self.log_odds}

    def choose(self, default: str, alternative: str) -> str:
        """Keep the default, unless the alternative is better by more than chance.

        Notes
        -----
        The log losses are compared in pairs, on the same persons: the alternative's must be lower
        by `CLEAR_STANDARD_ERRORS` of the difference, over persons.
        """
        if not self.log_odds:
            return default
        gains = self._losses(default) - self._losses(alternative)
        _, person_of_loan = np.unique(self.persons, return_inverse=True)
        by_person = np.bincount(person_of_loan, gains)
        standard_error = by_person.std() * np.sqrt(len(by_person))
        clearly = by_person.sum() > CLEAR_STANDARD_ERRORS * standard_error
        return alternative if clearly else default

    def _losses(self, name: str) -> Floats:
        log_odds = self.log_odds[name]
        losses: Floats = np.logaddexp(0.0, log_odds) - self.status * log_odds
        return losses


def conduct_trial(
    candidates: Mapping[str, Fit], training: Sample, calibration: Sample, seed: int
) -> tuple[Trial, dict[str, Any]]:
    """Try the candidates in folds of the training loans; of many loans, on the calibrating ones.

    Returns
    -------
    Trial
        What they predict of persons left out.
    dict
        The candidates, where they were fitted on all training loans, else empty.

    Notes
    -----
    Folds of many loans take long, and a sample of the loans favours the logistic regression, as
    trees gain more from the other loans.
    """
    enough = calibration.loans[STATUS].sum() >= MIN_CALIBRATION_DEFAULTS
    if enough and len(training.loans) > MOST_LOANS_TO_CROSS_VALIDATE:
        return Trial.hold_out(candidates, training, calibration)
    chosen = sample_persons(training.persons, MOST_LOANS_TO_CROSS_VALIDATE, seed)
    sample = Sample(training.loans[chosen], training.persons[chosen])
    return Trial.cross_validate(candidates, sample, seed), {}


def predict_log_odds(estimator: Any, loans: pd.DataFrame) -> Floats:
    """Predict the log odds of loans, of which there may be none."""
    if isinstance(estimator, HistGradientBoostingClassifier):
        return TreeSums.of_trees(estimator).add_up_rows(take_columns(loans))
    features = take_features(loans)
    predicted: Floats = estimator.decision_function(features) if len(features) else np.empty(0)
    return predicted


def _count(persons: Persons) -> int:
    return len(np.unique(persons))


def _predict_left_out(fit: Fit, loans: pd.DataFrame, folds: list[tuple[Any, Any]]) -> Floats:
    log_odds = np.empty(len(loans))
    for fitted_on, left_out in folds:
        log_odds[left_out] = predict_log_odds(fit(loans.iloc[fitted_on]), loans.iloc[left_out])
    return log_odds
