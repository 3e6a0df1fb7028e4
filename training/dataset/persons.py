"""The persons behind the user ids, and the ones held out from every model."""

import hashlib

import numpy as np
import pandas as pd

from shared.release.features import USER

# One person may hold several user ids: users who are equal in all of these are one person.
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
"""The share of persons that no model trains on: they are the test set."""

CALIBRATION_SHARE = 0.15
"""The share of persons that probabilities are calibrated on instead of growing trees."""


def assign_roles(latest_loans: pd.DataFrame) -> pd.DataFrame:
    """Assign every user a person and a role.

    Parameters
    ----------
    latest_loans : pandas.DataFrame of shape (n_users, n_columns)
        Each user's most recent raw loan, in any order. Not modified.

    Returns
    -------
    pandas.DataFrame of shape (n_users, 2)
        Indexed by user id: `person`, a number per person, and `role`, a category.

    Notes
    -----
    Users whose most recent loans have the same fingerprint are one person. The role depends on a
    hash of the fingerprint alone, so a test person stays a test person in every run, whatever else
    the file contains.
    """
    # Numbered from 0, in the order in which they come first.
    numbers = latest_loans.groupby(
        list(FINGERPRINT_COLUMNS), sort=False, dropna=False, observed=True
    ).ngroup()
    # Texts are slow: one for each person, not for each user.
    fingerprints = _make_fingerprints(latest_loans[~numbers.duplicated().to_numpy()])
    hashes = np.array([_hash(text) for text in fingerprints], np.uint64)[numbers.to_numpy()]
    roles = np.select(
        [hashes < HELD_OUT_SHARE * 2**64, hashes < (HELD_OUT_SHARE + CALIBRATION_SHARE) * 2**64],
        ["test", "calibration"],
        "training",
    )
    # Categories save memory: roles are repeated for each loan.
    categories = pd.Categorical(roles, ["training", "calibration", "test"])
    return pd.DataFrame({"person": hashes, "role": categories}, index=latest_loans[USER].to_numpy())


def _make_fingerprints(applicants: pd.DataFrame) -> list[str]:
    columns = []
    for name in FINGERPRINT_COLUMNS:
        values = applicants[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_float_dtype(values):
            # 0 and -0 are equal, but not as text.
            values = values + 0.0
        columns.append(values.astype(object).where(values.notna(), "").map(str).tolist())
    return ["\x1f".join(parts) for parts in zip(*columns, strict=True)]


def _hash(fingerprint: str) -> int:
    """Hash a fingerprint to a number spread evenly over 64 bits."""
    return int.from_bytes(hashlib.blake2b(fingerprint.encode(), digest_size=8).digest())
