"""Copies of a release, each with a small report of its own."""

import json
import shutil
from pathlib import Path

from shared.registry.publishing import publish_release, store_release
from shared.release.manifest import MANIFEST, REPORT, file_sha256
from tests.support.invoked_app import App
from tests.support.stored_releases import read_manifest

REPORT_LIKE = b"<!doctype html><title>A report</title>"
FIRST = "20261123T060201Z-0a1b2c3d4e5f"
SECOND = "20261124T060201Z-0a1b2c3d4e5f"


def publish_with_report(
    app: App, release: Path, folder: Path, version: str, *, current: bool = True
) -> None:
    """Publish a copy of a release, with a report of its own."""
    copy = Path(shutil.copytree(release, folder / version))
    manifest = json.loads((copy / MANIFEST).read_text())
    manifest["version"] = version
    (copy / REPORT).write_bytes(REPORT_LIKE + version.encode())
    manifest["files"][REPORT] = {"sha256": file_sha256(copy / REPORT), "bytes": 1}
    (copy / MANIFEST).write_text(json.dumps(manifest))
    store = publish_release if current else store_release
    store(app.releases, copy, read_manifest(copy))
