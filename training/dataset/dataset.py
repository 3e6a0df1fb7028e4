"""A raw file's loans and users as features, and which loans are for what."""

from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.facts import Counts
from shared.release.features import LOAN_DATE, MODEL_FEATURES, STATUS, USER
from training.dataset.persons import HELD_OUT_SHARE, assign_roles
from training.dataset.split import Mask, Split
from training.features.engineering import Engineered, engineer_features

# For fairness figures only: never a feature.
_GENDER = "code_gender"


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is trained on, tested on and served.

    Attributes
    ----------
    loans : pandas.DataFrame of shape (n_loans, 11)
        From `training.features.definitions.loan_features`.
    users : pandas.DataFrame of shape (n_users, 10)
        From `training.features.definitions.user_features`.
    persons : numpy.ndarray of uint64, of shape (n_loans,)
        The person who took each loan.
    genders : pandas.Series, indexed by user
        As of each user's most recent loan; for fairness figures only.
    split : Split
        Which loans are for what.
    """

    loans: pd.DataFrame
    users: pd.DataFrame
    persons: npt.NDArray[np.uint64]
    genders: pd.Series
    split: Split

    @classmethod
    def describe(cls, raw: pd.DataFrame, as_of: date, outcome_lag_days: int) -> Self:
        """Engineer the features of a raw file's loans and users, and split the loans.

        Parameters
        ----------
        raw : pandas.DataFrame of shape (n_loans, n_columns)
            Loans that keep the data contract. Not modified.
        as_of : datetime.date
            The day on which served ages are counted.
        outcome_lag_days : int
            After how many days a loan's outcome is known; at least 1.
        """
        return cls.part(engineer_features(raw, as_of, outcome_lag_days), as_of, outcome_lag_days)

    @classmethod
    def part(cls, engineered: Engineered, as_of: date, outcome_lag_days: int) -> Self:
        """Tell which loans are for what, once they are described."""
        loans, applicants = engineered.loans, engineered.applicants
        of_users = assign_roles(applicants)
        user = of_users.index.get_indexer(pd.Index(loans[USER]))
        split = Split.make(
            loans[LOAN_DATE].to_numpy().astype("datetime64[D]"),
            loans[STATUS].notna().to_numpy(),
            of_users["role"].array.take(user),
            as_of,
            outcome_lag_days,
        )
        persons = of_users["person"].to_numpy()[user]
        genders = applicants.set_index(USER)[_GENDER]
        return cls(loans, engineered.users, persons, genders, split)

    def take_examples(self, chosen: Mask) -> pd.DataFrame:
        """Take what a model learns from of some of the loans: its features, and the status."""
        taken = {name: self.loans[name].to_numpy()[chosen] for name in (*MODEL_FEATURES, STATUS)}
        return pd.DataFrame(taken, copy=False)

    def counts(self) -> Counts:
        """Count what there is, for the manifest."""
        return Counts(
            loans=len(self.loans),
            users=len(self.users),
            loans_with_unknown_outcome=int(self.loans[STATUS].isna().sum()),
            training_loans=int(self.split.training.sum()),
            calibration_loans=int(self.split.calibration.sum()),
            test_loans=int(self.split.unseen.sum()),
            test_loans_of_persons_seen=int(self.split.seen.sum()),
        )

    def describe_test(self) -> str:
        """Say which loans a model is tested on, for the manifest."""
        return (
            f"loans from {self.split.cut} on, of the {HELD_OUT_SHARE:.0%} of persons held out by"
            " a hash"
        )
