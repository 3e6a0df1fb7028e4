"""Store a release directory under its version: a candidate that nothing points to."""

import hashlib
import logging
from pathlib import Path
from typing import Any

from azure.core import MatchConditions
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.account import CONFLICT_ERRORS
from shared.registry.decision_log import fetch_record, try_append
from shared.registry.published import release_blob
from shared.release.decisions import PIPELINE, Event
from shared.release.manifest import MANIFEST, Manifest, check_file, file_sha256

logger = logging.getLogger(__name__)


def store_release(container: ContainerClient, release: Path, manifest: Manifest) -> None:
    """Upload a release directory, unless this version is stored already.

    Raises
    ------
    BrokenReleaseError
        When a file's digest is not the manifest's, or somebody else writes the same version.

    Notes
    -----
    Each file takes only the place of what was there when the upload began, and the release is
    stored once its files are found to be those that were uploaded. So a process that was stopped
    for a while and wakes up cannot mix its files into its successor's release.
    """
    version = manifest.version
    record = fetch_record(container, version)
    if record.events:
        logger.info("%s is stored already.", version)
        return
    for name in manifest.files:
        check_file(release / name, manifest)
    known = _list_etags(container, version)
    written = {
        name: _upload(container, release / name, version, known.get(name))
        for name in (*manifest.files, MANIFEST)
    }
    if (found := _list_etags(container, version)) != written:
        changed = sorted(name for name, _ in found.items() ^ written.items())
        raise _overtaken(version, ", ".join(dict.fromkeys(changed)))
    digest = file_sha256(release / MANIFEST)
    event = Event.now("stored", PIPELINE, None, digest)
    if not try_append(container, version, event, record):
        raise _overtaken(version, "its decision record")


def _upload(container: ContainerClient, path: Path, version: str, known_etag: str | None) -> str:
    """Upload a file and return its new ETag."""
    blob = container.get_blob_client(release_blob(version, path.name))
    condition: dict[str, Any] = {}
    if known_etag is not None:
        condition = {"etag": known_etag, "match_condition": MatchConditions.IfNotModified}
    try:
        with path.open("rb") as file:
            done = blob.upload_blob(file, overwrite=known_etag is not None, **condition)
    except CONFLICT_ERRORS:
        # The answer to an earlier attempt may have been lost.
        digest, etag = _fetch_digest(container, blob.blob_name)
        if digest != file_sha256(path):
            raise _overtaken(version, path.name) from None
        return etag
    return str(done["etag"])


def _fetch_digest(container: ContainerClient, name: str) -> tuple[str, str]:
    digest = hashlib.sha256()
    download = container.download_blob(name)
    for chunk in download.chunks():
        digest.update(chunk)
    return digest.hexdigest(), str(download.properties.etag)


def _list_etags(container: ContainerClient, version: str) -> dict[str, str]:
    prefix = release_blob(version, "")
    found = container.list_blobs(name_starts_with=prefix)
    return {blob.name.removeprefix(prefix): _quote(blob.etag) for blob in found}


def _quote(etag: str) -> str:
    """Write an ETag as conditions take it; listings give it without its quotes."""
    return f'"{etag.strip('"')}"'


def _overtaken(version: str, what: str) -> BrokenReleaseError:
    return BrokenReleaseError(
        f"Expected nobody else to write {version}; {what} has been written by somebody else since"
        " this attempt began: another attempt has taken over, or the next one will."
    )
