"""The champion that a candidate is compared with, from storage or from a release directory."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.published import download_file, fetch_manifest, fetch_pointer
from shared.release.features import MODEL_FEATURES
from shared.release.files import MANIFEST, MODEL, TRAINING_TABLE
from shared.release.manifest import Manifest, check_file, read_manifest
from shared.release.pointer import Pointer
from training.gates.champion import Champion, KnownLoans, read_ids
from training.model.classifier import Classifier
from training.model.stored_model import load_model

logger = logging.getLogger(__name__)

type _Fetch = Callable[[str], AbstractContextManager[Path]]
"""Gives one of the champion's files by name, checked against its manifest."""


def fetch_champion(container: ContainerClient, folder: Path) -> Champion | None:
    """Fetch the current release as far as it is compared with; None before the first release.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    folder : Path
        Folder for its files, which are verified, read and deleted.
    """
    try:
        found = fetch_pointer(container)
        if found is None:
            return None
        manifest = fetch_manifest(container, found.pointer)
    except (BrokenReleaseError, ResourceNotFoundError) as error:
        # A damaged current release must not block its replacement.
        logger.warning("The current release cannot be read for comparison: %s", error)
        return None

    @contextmanager
    def fetch(name: str) -> Iterator[Path]:
        try:
            path = download_file(container, manifest, name, folder)
        except ResourceNotFoundError as error:
            raise BrokenReleaseError(f"{name} of {manifest.version} is not in storage.") from error
        try:
            yield path
        finally:
            path.unlink()

    return _assemble(manifest, fetch)


def read_champion(directory: Path) -> Champion:
    """Read a release directory as the champion, as `fetch_champion` does the current release.

    Parameters
    ----------
    directory : Path
        One that is trusted as code is: its manifest, which it holds itself, vouches for a model
        that is unpickled.

    Raises
    ------
    BrokenReleaseError
        When the directory has no manifest that this code reads.
    """
    try:
        content = (directory / MANIFEST).read_bytes()
    except OSError as error:
        raise BrokenReleaseError(
            f"Expected a release directory with a {MANIFEST}; {directory} has none that can be"
            " read: name another directory."
        ) from error
    manifest = read_manifest(content, Pointer(directory.name, sha256(content).hexdigest()))

    @contextmanager
    def fetch(name: str) -> Iterator[Path]:
        path = directory / name
        if name not in manifest.files or not path.is_file():
            raise BrokenReleaseError(f"{directory} has no {name}.")
        check_file(path, manifest)
        yield path

    return _assemble(manifest, fetch)


def _assemble(manifest: Manifest, fetch: _Fetch) -> Champion:
    return Champion(manifest, _load_model(manifest, fetch), _read_loans(fetch))


def _load_model(manifest: Manifest, fetch: _Fetch) -> Classifier | None:
    if not _is_readable(manifest):
        return None
    try:
        with fetch(MODEL) as path:
            return load_model(path.read_bytes(), manifest.files[MODEL].sha256)
    except BrokenReleaseError as error:
        logger.warning("The champion is compared by its manifest alone: %s", error)
        return None


def _read_loans(fetch: _Fetch) -> KnownLoans | None:
    try:
        with fetch(TRAINING_TABLE) as path:
            return read_ids(path)
    except BrokenReleaseError as error:
        logger.warning("The champion is compared without the ids of its loans: %s", error)
        return None


def _is_readable(manifest: Manifest) -> bool:
    """Whether this code can load the model and compute its features."""
    # Another version of scikit-learn may fail to load it, or load it incorrectly.
    fitted_with = manifest.libraries.get("scikit-learn")
    return tuple(manifest.features) == MODEL_FEATURES and fitted_with == version("scikit-learn")
