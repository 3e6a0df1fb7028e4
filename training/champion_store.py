"""Fetch the champion from storage, to compare a candidate with."""

import logging
from importlib.metadata import version
from pathlib import Path

import joblib
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.published import download_file, fetch_manifest, fetch_pointer
from shared.release.features import MODEL_FEATURES
from shared.release.manifest import MODEL, Manifest
from training.gates.champion import Champion

logger = logging.getLogger(__name__)


def fetch_champion(container: ContainerClient, folder: Path) -> Champion | None:
    """Fetch the current release's manifest and model; None before the first.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    folder : Path
        Where the model's file may lie; it is read once its digest was checked.
    """
    try:
        found = fetch_pointer(container)
        if found is None:
            return None
        manifest = fetch_manifest(container, found.pointer)
        if not _is_readable(manifest):
            return Champion(manifest, None)
    except (BrokenReleaseError, ResourceNotFoundError) as error:
        # A damaged current release must not keep a sound one from taking its place.
        logger.warning("The current release cannot be compared with: %s", error)
        return None
    try:
        path = download_file(container, manifest, MODEL, folder)
    except (BrokenReleaseError, ResourceNotFoundError) as error:
        logger.warning("The current release is compared with by its manifest alone: %s", error)
        return Champion(manifest, None)
    try:
        return Champion(manifest, joblib.load(path))
    finally:
        path.unlink()


def _is_readable(manifest: Manifest) -> bool:
    """Tell whether the model is one that this code can read, and make features for."""
    # Another version of scikit-learn may fail to read it, or read it wrongly.
    fitted_with = manifest["libraries"].get("scikit-learn")
    return tuple(manifest["features"]) == MODEL_FEATURES and fitted_with == version("scikit-learn")
