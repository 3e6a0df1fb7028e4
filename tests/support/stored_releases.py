"""Release directories, published to a container and read back."""

import json
import shutil
from pathlib import Path
from typing import Any

from azure.storage.blob import ContainerClient

from shared.registry.published import fetch_pointer
from shared.registry.publishing import publish_release
from shared.release.manifest import MANIFEST


def read_manifest(release: Path) -> dict[str, Any]:
    """Read the manifest of a release directory."""
    manifest: dict[str, Any] = json.loads((release / MANIFEST).read_text())
    return manifest


def variant(release: Path, folder: Path, version: str, uploaded: str) -> Path:
    """Copy a release under another version, as if made from a file uploaded at that time."""
    copy = Path(shutil.copytree(release, folder / version))
    manifest = read_manifest(copy)
    manifest["version"] = version
    manifest["source"]["last_modified"] = uploaded
    (copy / MANIFEST).write_text(json.dumps(manifest))
    return copy


def publish(releases: ContainerClient, release: Path) -> None:
    """Publish a release directory."""
    publish_release(releases, release, read_manifest(release))


def current_version(releases: ContainerClient) -> str:
    """Return the version of the current release."""
    found = fetch_pointer(releases)
    assert found
    return found[0].version
