"""A raw file's loans and users as features, split into training, calibration and test loans."""

from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.release.facts import Counts
from shared.release.features import LOAN_DATE, MODEL_FEATURES, STATUS, USER
from training.dataset.job_years import fill_in_job_years
from training.dataset.narrow import narrow_numbers
from training.dataset.persons import FINGERPRINT_COLUMNS, HELD_OUT_SHARE, assign_roles
from training.dataset.split import Mask, Split
from training.features.engineering import EngineeredFeatures
from training.features.ordering import FEATURE_COLUMNS

# For fairness metrics only: never a feature.
_GENDER = "code_gender"

DATASET_COLUMNS = tuple(dict.fromkeys((*FEATURE_COLUMNS, *FINGERPRINT_COLUMNS, _GENDER)))
"""The raw columns that a dataset is built from."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The loans to train and test on, and the users to score.

    Attributes
    ----------
    loans : pandas.DataFrame of shape (n_loans, 12)
        The `loans` of `EngineeredFeatures`, with a stand-in for the years on a job that started
        after the loan: see `training.dataset.job_years`. Whole numbers as `narrow_numbers` leaves
        them: arithmetic on a column may wrap around.
    users : pandas.DataFrame of shape (n_users, 11)
        The `users` of `EngineeredFeatures`.
    persons : numpy.ndarray of uint64, of shape (n_loans,)
        The person who took each loan.
    genders : pandas.Series, indexed by user
        As of each user's most recent loan; for fairness metrics only.
    split : Split
        What each loan is used for.
    """

    loans: pd.DataFrame
    users: pd.DataFrame
    persons: npt.NDArray[np.uint64]
    genders: pd.Series
    split: Split

    @classmethod
    def from_features(
        cls, features: EngineeredFeatures, as_of: date, outcome_lag_days: int
    ) -> Self:
        """Identify the persons behind the users, and split the loans.

        Parameters
        ----------
        features : EngineeredFeatures
            From `training.features.engineering.engineer_features`.
        as_of : datetime.date
            The date of the run.
        outcome_lag_days : int
            Days until a loan's outcome is known; at least 1.
        """
        loans, applicants = features.loans, features.applicants
        persons_of_users = assign_roles(applicants)
        user_rows = persons_of_users.index.get_indexer(pd.Index(loans[USER]))
        split = Split.make(
            loans[LOAN_DATE].to_numpy().astype("datetime64[D]"),
            loans[STATUS].notna().to_numpy(),
            persons_of_users["role"].array.take(user_rows),
            as_of,
            outcome_lag_days,
        )
        persons = persons_of_users["person"].to_numpy()[user_rows]
        genders = applicants.set_index(USER)[_GENDER]
        filled = fill_in_job_years(loans, features.users, split.training)
        return cls(narrow_numbers(filled), features.users, persons, genders, split)

    def take_examples(self, chosen: Mask) -> pd.DataFrame:
        """Select the model's features and the status of loans whose outcome is known."""
        # One block of whole rows: trees draw rows from it as it is, where they would copy others.
        block = np.empty((np.count_nonzero(chosen), len(MODEL_FEATURES)))
        for place, name in enumerate(MODEL_FEATURES):
            block[:, place] = self.loans[name].to_numpy()[chosen]
        examples = pd.DataFrame(block, columns=list(MODEL_FEATURES), copy=False)
        examples[STATUS] = self.loans[STATUS].to_numpy()[chosen].astype(np.uint8)
        return examples

    def take_narrow(self, chosen: Mask) -> pd.DataFrame:
        """Select the same of loans that are only predicted, in the types that they are kept in."""
        # Counting the mask's rows once is faster than for every column.
        rows = np.flatnonzero(chosen)
        kept = {name: self.loans[name].to_numpy()[rows] for name in MODEL_FEATURES}
        status = self.loans[STATUS].to_numpy()[rows].astype(np.uint8)
        return pd.DataFrame(kept | {STATUS: status}, copy=False)

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
            persons=len(pd.unique(self.persons)),
        )

    def describe_test(self) -> str:
        """Say which loans a model is tested on, for the manifest."""
        return (
            f"loans from {self.split.cut} on, of the {HELD_OUT_SHARE:.0%} of persons held out by"
            " a hash"
        )
