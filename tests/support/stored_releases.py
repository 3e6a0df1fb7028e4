"""Release directories, published to a container and read back."""

import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

from azure.storage.blob import ContainerClient
from msgspec.structs import replace

import shared.release.manifest
from shared.registry.published import fetch_pointer
from shared.registry.publishing import publish_release
from shared.release.files import MANIFEST
from shared.release.manifest import Manifest
from shared.release.pointer import Pointer


def read_manifest(release: Path) -> Manifest:
    """Read the manifest of a release directory."""
    content = (release / MANIFEST).read_bytes()
    pointer = Pointer(release.name, sha256(content).hexdigest())
    return shared.release.manifest.read_manifest(content, pointer)


def change_manifest(release: Path, **facts: Any) -> Manifest:
    """Replace facts in the manifest of a release directory."""
    manifest = replace(read_manifest(release), **facts)
    (release / MANIFEST).write_bytes(manifest.to_json())
    return manifest


def variant(release: Path, folder: Path, version: str, uploaded: str) -> Path:
    """Copy a release under another version, as if made from a file uploaded at that time."""
    copy = Path(shutil.copytree(release, folder / version))
    source = {**read_manifest(copy).source, "last_modified": uploaded}
    change_manifest(copy, version=version, source=source)
    return copy


def publish(releases: ContainerClient, release: Path) -> None:
    """Publish a release directory."""
    publish_release(releases, release, read_manifest(release))


def current_version(releases: ContainerClient) -> str:
    """Give the version of the current release."""
    found = fetch_pointer(releases)
    assert found
    return found.pointer.version
