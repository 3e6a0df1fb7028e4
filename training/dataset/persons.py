"""The persons behind the user ids, and which of them no model ever trains on."""

import hashlib

import numpy as np
import pandas as pd

from shared.release.features import USER

# One person may hold several user ids: equal in all of these, they count as one.
FINGERPRINT_COLUMNS = (
    "birthday",
    "job_start_date",
    "code_gender",
    "name_education_type",
    "name_income_type",
    "name_housing_type",
    "amt_income_total",
)

HELD_OUT_SHARE = 0.2
"""Of the persons, no model ever trains on: they are tested on."""

CALIBRATION_SHARE = 0.15
"""Of the persons, trees are never grown on: probabilities are calibrated on them."""


def assign_roles(latest_loans: pd.DataFrame) -> pd.DataFrame:
    """Tell of every user what the person behind the id is for.

    Parameters
    ----------
    latest_loans : pandas.DataFrame of shape (n_users, n_columns)
        Each user's most recent raw loan, in any order. Not modified.

    Returns
    -------
    pandas.DataFrame of shape (n_users, 2)
        Indexed by user id: `person`, one number per person, and `role`, a category.

    Notes
    -----
    A person is who shares the fingerprint of the user's most recent loan. The role hangs on a
    hash of the fingerprint alone, so a person who was tested on once is tested on in every run,
    whatever else the file holds.
    """
    fingerprints = _write_fingerprints(latest_loans)
    n_users = len(latest_loans)
    hashes = np.fromiter((_hash(text) for text in fingerprints), np.uint64, n_users)
    roles = np.select(
        [hashes < HELD_OUT_SHARE * 2**64, hashes < (HELD_OUT_SHARE + CALIBRATION_SHARE) * 2**64],
        ["test", "calibration"],
        "training",
    )
    # Not as texts: there is a role for each loan.
    named = pd.Categorical(roles, ["training", "calibration", "test"])
    return pd.DataFrame({"person": hashes, "role": named}, index=latest_loans[USER].to_numpy())


def _write_fingerprints(applicants: pd.DataFrame) -> list[str]:
    columns = []
    for name in FINGERPRINT_COLUMNS:
        values = applicants[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.strftime("%Y-%m-%d")
        columns.append(values.astype(object).where(values.notna(), "").map(str).tolist())
    return ["\x1f".join(parts) for parts in zip(*columns, strict=True)]


def _hash(fingerprint: str) -> int:
    """Place a fingerprint evenly among the numbers of 64 bits."""
    return int.from_bytes(hashlib.blake2b(fingerprint.encode(), digest_size=8).digest())
