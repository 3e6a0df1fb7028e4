"""The files of a release."""

import hashlib
from pathlib import Path

from msgspec import Struct

from shared.errors import BrokenReleaseError

TRAINING_TABLE = "train_model.csv"
MODEL = "model_risk.joblib"
SERVING_TABLE = "serving.sqlite"
USER_INDEX = "users.bin"
SCORER = "scorer.json"
REPORT = "report.html"
MODEL_CARD = "model_card.md"
MANIFEST = "manifest.json"


class FileFacts(Struct, frozen=True):
    """One of a release's files."""

    sha256: str
    bytes: int


def check_digest(path: Path, expected: FileFacts, version: str) -> None:
    """Hold a file of a release against what is on record about it.

    Raises
    ------
    BrokenReleaseError
        When the file is another one.
    """
    found = file_sha256(path)
    if found != expected.sha256:
        raise BrokenReleaseError(
            f"{path.name} of {version} must have the SHA-256 {expected.sha256},"
            f" it has {found}: publish the release again."
        )


def file_sha256(path: Path) -> str:
    """Compute the hex digest of a file, without holding it in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
