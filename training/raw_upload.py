"""The upload that a run reads: fetched exactly as it was when the run began, kept where asked."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from azure.core import MatchConditions
from azure.core.exceptions import (
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.storage.blob import BlobClient, BlobProperties, ContainerClient, StandardBlobTier

from shared.errors import CreditRiskError, RejectedFileError
from shared.release.files import file_sha256
from shared.release.source import Source
from training.run_folder import require_room
from training.run_memory import require_memory
from training.stated_content import StatedContent, read_stated

logger = logging.getLogger(__name__)


class GoneUploadError(CreditRiskError):
    """The upload was deleted or overwritten before the run had read it."""

    status = 410
    title = "The upload is gone"


def describe_source(upload: BlobClient, properties: BlobProperties) -> Source:
    """Describe an upload for its run record and manifest."""
    return {
        "name": str(upload.blob_name),
        "etag": properties.etag.strip('"'),
        "last_modified": properties.last_modified.astimezone(UTC).isoformat(),
        "bytes": properties.size,
    }


def download_upload(upload: BlobClient, csv: Path, source: Source) -> tuple[Source, StatedContent]:
    """Stream exactly the upload that the run is about to disk.

    Returns
    -------
    tuple of Source and StatedContent
        The source with the file's SHA-256; what its uploader states of it.

    Raises
    ------
    GoneUploadError
        When the upload is not there any more.
    RejectedFileError
        When the file is not what its uploader states, or can never fit into this instance.
    """
    require_room(csv.parent, source["bytes"])
    require_memory(source["bytes"])
    try:
        stated = read_stated(upload, upload.get_blob_properties())
        with csv.open("wb") as file:
            upload.download_blob(
                etag=source["etag"], match_condition=MatchConditions.IfNotModified
            ).readinto(file)
    except (ResourceModifiedError, ResourceNotFoundError) as error:
        raise _gone(source) from error
    read: Source = {**source, "sha256": file_sha256(csv)}
    with rejections_confirmed(upload, read):
        stated.check_file(csv, read["sha256"])
    return read, stated


@contextmanager
def rejections_confirmed(upload: BlobClient, source: Source) -> Iterator[None]:
    """Let a file be rejected only if the same bytes come when it is read once more.

    Parameters
    ----------
    upload : BlobClient
        The upload.
    source : Source
        What was read, with its SHA-256.

    Raises
    ------
    OSError
        When a file is rejected and other bytes come: the run is tried again.
    GoneUploadError
        When a file is rejected and is not there any more.
    """
    try:
        yield
    except RejectedFileError as error:
        found = _read_sha256(upload, source)
        if found != source["sha256"]:
            raise OSError(
                f"{source['name']} was read twice with different content, SHA-256"
                f" {source['sha256']} and {found}; the first was rejected: {error}"
            ) from error
        raise


def _read_sha256(upload: BlobClient, source: Source) -> str:
    digest = hashlib.sha256()
    try:
        for chunk in upload.download_blob(
            etag=source["etag"], match_condition=MatchConditions.IfNotModified
        ).chunks():
            digest.update(chunk)
    except (ResourceModifiedError, ResourceNotFoundError) as error:
        raise _gone(source) from error
    return digest.hexdigest()


def _gone(source: Source) -> GoneUploadError:
    return GoneUploadError(
        f"{source['name']}, uploaded at {source['last_modified']}, was deleted or overwritten"
        " before it was read: a newer upload has a run of its own."
    )


def keep_raw_file(releases: ContainerClient, csv: Path, sha256: str) -> None:
    """Keep a raw file under its digest, in the cool tier, unless it is kept already."""
    blob = releases.get_blob_client(f"raw/{sha256}.csv")
    try:
        with csv.open("rb") as file:
            blob.upload_blob(file, overwrite=False, standard_blob_tier=StandardBlobTier.COOL)
    except ResourceExistsError:
        logger.debug("%s is kept already.", blob.blob_name)
