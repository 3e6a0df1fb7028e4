"""The loans that a candidate is judged by: later ones, of persons that no model has seen."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from shared.release.features import STATUS
from training.dataset.dataset import Dataset
from training.model.classifier import Classifier, predict_default


@dataclass(frozen=True, slots=True)
class JudgedLoans:
    """The test loans, and what one or two models predict of them.

    Attributes
    ----------
    status : numpy.ndarray of int64, of shape (n_loans,)
        1 for not paid on time, 0 for paid on time.
    persons : numpy.ndarray of uint64, of shape (n_loans,)
        Whose loan it is.
    scores : numpy.ndarray of float64, of shape (n_loans,)
        The candidate's probabilities of default.
    champion : numpy.ndarray of float64, of shape (n_loans,), or None
        The champion's; None when there is none, or when its model cannot be read.
    """

    status: npt.NDArray[np.int64]
    persons: npt.NDArray[np.uint64]
    scores: npt.NDArray[np.float64]
    champion: npt.NDArray[np.float64] | None = None

    @classmethod
    def take(cls, dataset: Dataset, model: Classifier, champion: Classifier | None) -> Self:
        """Take a dataset's test loans, and let the models score them."""
        unseen = dataset.split.unseen
        loans = dataset.loans[unseen]
        scores = predict_default(model, loans) if len(loans) else np.empty(0)
        other = predict_default(champion, loans) if champion is not None and len(loans) else None
        status = loans[STATUS].to_numpy(np.int64)
        return cls(status, dataset.persons[unseen], scores, other)

    @property
    def n_defaulting_persons(self) -> int:
        """How many persons did not pay a loan on time: the sample that intervals live on."""
        return len(np.unique(self.persons[self.status == 1]))
