"""The champion that a candidate is compared with: the release that is served."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.csv as pa_csv

from shared.release.features import LOAN, LOAN_DATE, STATUS, USER
from shared.release.files import TRAINING_TABLE
from shared.release.manifest import Manifest
from shared.release.source import Source
from training.model.classifier import Classifier

SAMPLE_SHA256 = "a74c751955aaabead8965ae726b30827ef5243b0cdb3be6ffaac366a9ec3ad48"
"""Of the project's own sample: a champion made from it is a placeholder, nobody's portfolio."""


@dataclass(frozen=True, slots=True)
class KnownLoans:
    """The loans that a release was made from.

    Attributes
    ----------
    loans, users : numpy.ndarray of int64, of shape (n_loans,)
        The id of each loan, and of its user.
    days : numpy.ndarray of datetime64[D], of shape (n_loans,)
        When it was granted.
    status : numpy.ndarray of float64, of shape (n_loans,)
        1 for not paid on time, 0 for paid on time, NaN for unknown.
    """

    loans: npt.NDArray[np.int64]
    users: npt.NDArray[np.int64]
    days: npt.NDArray[np.datetime64]
    status: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Champion:
    """The release that is served while a candidate is made.

    Attributes
    ----------
    manifest : dict
        Its manifest.
    model : Classifier or None
        Its model; None when it was fitted on other features than this code makes, or with another
        version of scikit-learn than is installed, or when its file is damaged.
    known : KnownLoans or None
        Its loans; None when its training table is damaged.
    anchor : Manifest or None
        Of the release that a person named to compare populations with; None for the one that the
        champion carries along.
    """

    manifest: Manifest
    model: Classifier | None
    known: KnownLoans | None = None
    anchor: Manifest | None = None

    @property
    def is_placeholder(self) -> bool:
        """Whether there is nothing to compare with: it was made from the project's own sample."""
        return is_sample(self.manifest.source)


def read_ids(path: Path) -> KnownLoans:
    """Read the loans that a release was made from.

    Parameters
    ----------
    path : Path
        The release's directory or its training table, whose digest has been checked.
    """
    if path.is_dir():
        path /= TRAINING_TABLE
    columns = [LOAN, USER, LOAN_DATE, STATUS]
    options = pa_csv.ConvertOptions(include_columns=columns)
    table = pa_csv.read_csv(path, convert_options=options)
    return KnownLoans(
        table[LOAN].to_numpy().astype(np.int64),
        table[USER].to_numpy().astype(np.int64),
        table[LOAN_DATE].to_numpy().astype("datetime64[D]"),
        table[STATUS].to_numpy().astype(np.float64),
    )


def is_sample(source: Source) -> bool:
    """Return whether a file is the project's own sample."""
    return source.get("sha256") == SAMPLE_SHA256


def mark_sample(source: Source) -> Source:
    """Say of a file, for the manifest, when it is the project's own sample."""
    return {**source, "sample": True} if is_sample(source) else source
