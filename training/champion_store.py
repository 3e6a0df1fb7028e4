"""Fetch the champion that a candidate is compared with from storage."""

import logging
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import joblib
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.published import download_file, fetch_manifest, fetch_pointer
from shared.release.features import MODEL_FEATURES
from shared.release.manifest import MODEL, TRAINING_TABLE, Manifest
from training.gates.champion import Champion, read_ids

logger = logging.getLogger(__name__)


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
    return Champion(
        manifest,
        _fetch(container, manifest, MODEL, folder, joblib.load) if _is_readable(manifest) else None,
        _fetch(container, manifest, TRAINING_TABLE, folder, read_ids),
    )


def _fetch[T](
    container: ContainerClient,
    manifest: Manifest,
    name: str,
    folder: Path,
    read: Callable[[Path], T],
) -> T | None:
    try:
        path = download_file(container, manifest, name, folder)
    except (BrokenReleaseError, ResourceNotFoundError) as error:
        logger.warning("The current release is compared without its %s: %s", name, error)
        return None
    try:
        return read(path)
    finally:
        path.unlink()


def _is_readable(manifest: Manifest) -> bool:
    """Whether this code can load the model and compute its features."""
    # Another version of scikit-learn may fail to load it, or load it incorrectly.
    fitted_with = manifest.libraries.get("scikit-learn")
    return tuple(manifest.features) == MODEL_FEATURES and fitted_with == version("scikit-learn")
