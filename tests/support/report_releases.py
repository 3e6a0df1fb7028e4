"""Copies of a release, each with a small report of its own."""

import shutil
from pathlib import Path

from shared.registry.publishing import publish_release
from shared.registry.storing import store_release
from shared.release.files import REPORT, FileFacts, file_sha256
from tests.support.invoked_app import App
from tests.support.stored_releases import change_manifest, read_manifest

REPORT_LIKE = b"<!doctype html><title>A report</title>"
FIRST = "20261123T060201Z-0a1b2c3d4e5f"
SECOND = "20261124T060201Z-0a1b2c3d4e5f"


def publish_with_report(
    app: App, release: Path, folder: Path, version: str, *, current: bool = True
) -> None:
    """Publish a copy of a release, with a report of its own."""
    copy = Path(shutil.copytree(release, folder / version))
    (copy / REPORT).write_bytes(REPORT_LIKE + version.encode())
    report = FileFacts(file_sha256(copy / REPORT), (copy / REPORT).stat().st_size)
    files = {**read_manifest(copy).files, REPORT: report}
    publish = publish_release if current else store_release
    publish(app.releases, copy, change_manifest(copy, version=version, files=files))
