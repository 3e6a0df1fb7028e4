"""A raw file's loans and users as features, and who is held out of training."""

from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.feature_names import LOAN, STATUS, USER
from training.features import describe_loans, describe_users, trace_histories
from training.persons import find_held_out_users, mark_held_out


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What is trained on, tested on and served.

    Attributes
    ----------
    loans : pandas.DataFrame of shape (n_loans, 9)
        From `training.features.describe_loans`.
    users : pandas.DataFrame of shape (n_users, 8)
        From `training.features.describe_users`.
    held_out : numpy.ndarray of bool, of shape (n_loans,)
        The loans of persons that no model trains on.
    """

    loans: pd.DataFrame
    users: pd.DataFrame
    held_out: npt.NDArray[np.bool_]

    @classmethod
    def describe(cls, raw: pd.DataFrame, as_of: date) -> Self:
        """Engineer the features of a raw file's loans and users.

        Parameters
        ----------
        raw : pandas.DataFrame of shape (n_loans, 24)
            Loans that keep the data contract. Not modified.
        as_of : datetime.date
            The day on which served ages are counted.
        """
        histories = trace_histories(raw)
        loans = describe_loans(histories)
        users = describe_users(histories, as_of)
        latest_loans = raw[raw[LOAN].isin(users[LOAN])]
        held_out = mark_held_out(loans[USER], find_held_out_users(latest_loans))
        return cls(loans, users, held_out)

    @property
    def training_loans(self) -> pd.DataFrame:
        """The loans to train on: outcome known, person not held out."""
        return self._known(~self.held_out)

    @property
    def test_loans(self) -> pd.DataFrame:
        """The loans to test on: outcome known, person held out."""
        return self._known(self.held_out)

    def counts(self) -> dict[str, int]:
        """Count what there is, for the manifest."""
        return {
            "loans": len(self.loans),
            "users": len(self.users),
            "loans_with_unknown_outcome": int(self.loans[STATUS].isna().sum()),
            "training_loans": len(self.training_loans),
            "test_loans": len(self.test_loans),
        }

    def _known(self, chosen: npt.NDArray[np.bool_]) -> pd.DataFrame:
        loans: pd.DataFrame = self.loans[chosen & self.loans[STATUS].notna().to_numpy()]
        return loans
