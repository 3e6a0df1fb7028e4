"""The persons behind the user ids, and which of them no model ever trains on."""

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from shared.feature_names import USER

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


def find_held_out_users(latest_loans: pd.DataFrame) -> pd.Series:
    """Tell of every user whether the person behind the id is held out for evaluation.

    Parameters
    ----------
    latest_loans : pandas.DataFrame of shape (n_users, n_columns)
        Each user's most recent raw loan, in any order. Not modified.

    Returns
    -------
    pandas.Series of bool, of shape (n_users,)
        Indexed by user id; about `HELD_OUT_SHARE` of the persons.

    Notes
    -----
    A person is who shares the fingerprint of the user's most recent loan. The choice hangs on a
    hash of the fingerprint alone, so a person who was held out once is held out in every run,
    whatever else the file holds.
    """
    fingerprints = _write_fingerprints(latest_loans)
    shares = np.fromiter((_hash_to_share(text) for text in fingerprints), float, len(latest_loans))
    return pd.Series(shares < HELD_OUT_SHARE, index=latest_loans[USER].to_numpy(), name="held_out")


def mark_held_out(users: pd.Series, held_out: pd.Series) -> npt.NDArray[np.bool_]:
    """Carry the choice from users to their loans.

    Parameters
    ----------
    users : pandas.Series of int, of shape (n_loans,)
        The user of each loan.
    held_out : pandas.Series of bool, of shape (n_users,)
        From `find_held_out_users`.
    """
    return users.map(held_out).to_numpy(dtype=bool)


def _write_fingerprints(applicants: pd.DataFrame) -> list[str]:
    columns = []
    for name in FINGERPRINT_COLUMNS:
        values = applicants[name]
        if pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.strftime("%Y-%m-%d")
        columns.append(values.astype(object).where(values.notna(), "").map(str).tolist())
    return ["\x1f".join(parts) for parts in zip(*columns, strict=True)]


def _hash_to_share(fingerprint: str) -> float:
    """Place a fingerprint evenly between 0 and 1."""
    digest = hashlib.blake2b(fingerprint.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
