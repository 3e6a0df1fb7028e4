"""The only place that unpickles a model from a release: what is loaded is what was checked."""

import hashlib
import io

import joblib

from shared.errors import BrokenReleaseError
from training.model.classifier import Classifier


def load_model(content: bytes, expected_sha256: str) -> Classifier:
    """Load a model, which runs whatever code its pickle holds.

    Parameters
    ----------
    content : bytes
        The file of the model. A path would be opened a second time, after it was checked.
    expected_sha256 : str
        Hex digest from the release's manifest.

    Raises
    ------
    BrokenReleaseError
        When the content has another digest; nothing of it is then unpickled.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != expected_sha256:
        raise BrokenReleaseError(
            f"The model must have the SHA-256 {expected_sha256}, it has {found}:"
            " publish the release again."
        )
    model: Classifier = joblib.load(io.BytesIO(content))
    return model
