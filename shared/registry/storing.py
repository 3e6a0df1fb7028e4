"""Store a release directory as a candidate: once, and fenced against earlier attempts."""

import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from azure.core import MatchConditions
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobProperties, ContainerClient, ContentSettings

from shared.errors import BrokenReleaseError, CreditRiskError
from shared.registry.account import CONFLICT_ERRORS
from shared.registry.decision_log import DecisionRecord, fetch_record, record_name, try_append
from shared.registry.published import release_blob
from shared.release.decisions import PIPELINE, Event, write_events
from shared.release.files import MANIFEST, file_sha256
from shared.release.manifest import Manifest, check_file

type Fence = Callable[[], None]
"""Raises when another attempt at the same run has taken over."""

logger = logging.getLogger(__name__)

_WRITES = 5
_STORED_BY = "stored_by"
_JSON = ContentSettings(content_type="application/json")


class StoredAlreadyError(CreditRiskError):
    """Another attempt at the same run stores the release at the same time."""

    status = 409
    title = "Another attempt stores the release"


def is_stored(record: DecisionRecord) -> bool:
    """Whether a release was stored, by its decision record."""
    return any(event.manifest_sha256 for event in record.events)


def store_release(
    container: ContainerClient, release: Path, manifest: Manifest, fence: Fence = lambda: None
) -> None:
    """Upload a release directory under its version, unless this version is stored already.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    release : Path
        A complete release directory.
    manifest : Manifest
        Its manifest.
    fence : callable, optional
        Called between reading the record and claiming it, and before it says "stored".

    Raises
    ------
    BrokenReleaseError
        When a file's digest is not the manifest's, here or in storage.
    StoredAlreadyError
        When another attempt stores the same version at the same time.

    Notes
    -----
    The event "stored" pins the manifest, and it the files, so it comes last and once. An attempt
    first claims the empty decision record by rewriting it, on the condition that it is what it
    was before the fence held. It writes each file on the condition that it is what it was while the
    claim still stood. From then on, no earlier attempt can change either.
    """
    version = manifest.version
    digests = {name: file.sha256 for name, file in manifest.files.items()}
    for name in digests:
        check_file(release / name, manifest)
    digests[MANIFEST] = file_sha256(release / MANIFEST)
    claimed = _claim(container, version, fence)
    if claimed is None:
        logger.info("%s is stored already.", version)
        return
    attempt = _Attempt(container, version, str(claimed.etag))
    for name, digest in digests.items():
        attempt.store(release / name, digest)
    fence()
    event = Event.now("stored", PIPELINE, None, digests[MANIFEST])
    if not try_append(container, version, event, claimed):
        raise _stored_by_another(version)


def _claim(container: ContainerClient, version: str, fence: Fence) -> DecisionRecord | None:
    """Rewrite the empty record, so that no earlier attempt can write to it; None if stored."""
    blob = container.get_blob_client(record_name(version))
    for _ in range(_WRITES):
        record = fetch_record(container, version)
        if is_stored(record):
            return None
        fence()
        try:
            written = blob.upload_blob(
                write_events(record.events),
                content_settings=_JSON,
                **_unless_changed(record.etag),
            )
        except CONFLICT_ERRORS:
            continue
        return DecisionRecord(record.events, str(written["etag"]))
    raise _stored_by_another(version)


class _Attempt:
    """One attempt at storing a release, as long as its claim on the decision record holds."""

    def __init__(self, container: ContainerClient, version: str, claim: str) -> None:
        self._container = container
        self._version = version
        self._claim = claim
        self._id = uuid4().hex

    def store(self, path: Path, digest: str) -> None:
        """Upload a file, whatever an earlier attempt left in its place, and read it back."""
        blob = self._container.get_blob_client(release_blob(self._version, path.name))
        for _ in range(_WRITES):
            found = _find(blob)
            # A write whose answer was lost conflicts with its own repetition.
            if found and found.metadata.get(_STORED_BY) == self._id:
                _verify(blob, str(found.etag), digest)
                return
            # Between the two: a later attempt rewrites the record before it writes a file.
            self._require_claim()
            self._upload(blob, path, found)
        raise _stored_by_another(str(blob.blob_name))

    def _upload(self, blob: BlobClient, path: Path, found: BlobProperties | None) -> None:
        condition = _unless_changed(found.etag if found else None)
        with path.open("rb") as file, suppress(*CONFLICT_ERRORS):
            blob.upload_blob(file, metadata={_STORED_BY: self._id}, **condition)

    def _require_claim(self) -> None:
        found = _find(self._container.get_blob_client(record_name(self._version)))
        if found is None or found.etag != self._claim:
            raise _stored_by_another(self._version)


def _find(blob: BlobClient) -> BlobProperties | None:
    try:
        return blob.get_blob_properties()
    except ResourceNotFoundError:
        return None


def _unless_changed(etag: str | None) -> dict[str, Any]:
    if etag is None:
        return {"overwrite": False}
    return {"overwrite": True, "etag": etag, "match_condition": MatchConditions.IfNotModified}


def _verify(blob: BlobClient, etag: str, expected: str) -> None:
    digest = hashlib.sha256()
    try:
        download = blob.download_blob(etag=etag, match_condition=MatchConditions.IfNotModified)
        for chunk in download.chunks():
            digest.update(chunk)
    except (*CONFLICT_ERRORS, ResourceNotFoundError):
        raise _stored_by_another(str(blob.blob_name)) from None
    if digest.hexdigest() != expected:
        raise BrokenReleaseError(
            f"{blob.blob_name} must have the SHA-256 {expected} after its upload, it has"
            f" {digest.hexdigest()}: the upload is tried again."
        )


def _stored_by_another(name: str) -> StoredAlreadyError:
    return StoredAlreadyError(
        f"Expected to be the only attempt that stores {name}; somebody else stores it too: the"
        " outcome of the other attempt counts."
    )
