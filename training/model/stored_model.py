"""The file of a model: the only place that unpickles one from a release, once it is checked."""

import hashlib
import io
import sys
from pathlib import Path
from typing import Any

import joblib
from joblib.compressor import BinaryZlibFile
from joblib.numpy_pickle import NumpyPickler

from shared.errors import BrokenReleaseError
from training.model.classifier import Classifier


def write_model(model: Classifier, path: Path) -> None:
    """Write a model as `joblib.dump` does, whatever the process has loaded before.

    Notes
    -----
    A pickle tells a text that comes again from one that is equal. The names of a model's attributes
    are the same object or not depending on which models the process has loaded. The classes are
    joblib's own, without a promise: an update has to pass the tests of this module.
    """
    with path.open("wb") as file, BinaryZlibFile(file, "wb", compresslevel=3) as compressed:
        _ByValue(compressed).dump(model)


class _ByValue(NumpyPickler):  # type: ignore[misc]
    """A pickler to which equal texts are one object."""

    def save(self, obj: Any) -> None:
        super().save(sys.intern(obj) if type(obj) is str else obj)


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
