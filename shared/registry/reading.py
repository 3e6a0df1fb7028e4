"""Reads of small documents in storage, of which damage is believed only when read twice."""

import logging
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.blob import ContainerClient
from msgspec import Struct

from shared.errors import BrokenReleaseError
from shared.release.documents import CONTROL_LIMIT_BYTES

logger = logging.getLogger(__name__)


class StoredDocument[Document](Struct, frozen=True):
    """A document as it was read from storage.

    Attributes
    ----------
    value : object
        What it says.
    content : bytes
        As it lies in storage.
    etag : str
        Its ETag.
    written : datetime.datetime
        When it was written, by storage's clock.
    metadata : dict of str to str
        What is noted beside it.
    """

    value: Document
    content: bytes
    etag: str
    written: datetime
    metadata: dict[str, str]


class DamagedDocumentError(BrokenReleaseError):
    """A document in storage is damaged: it was read twice.

    Parameters
    ----------
    message : str
        What was expected, what was found, what to do.
    etag : str
        Its ETag.
    """

    def __init__(self, message: str, etag: str) -> None:
        super().__init__(message)
        self.etag = etag


def read_stored[Document](
    container: ContainerClient,
    name: str,
    parse: Callable[[bytes], Document],
    limit_bytes: int = CONTROL_LIMIT_BYTES,
    **conditions: Any,
) -> StoredDocument[Document] | None:
    """Read a document from storage.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    name : str
        The blob's name.
    parse : callable
        Reads the bytes; raises `BrokenReleaseError` when they are damaged.
    limit_bytes : int
        Its largest size.
    **conditions
        Passed to the request.

    Returns
    -------
    StoredDocument or None
        None when there is no such blob.

    Raises
    ------
    DamagedDocumentError
        When it is damaged, twice.
    """
    try:
        return _read_once(container, name, parse, limit_bytes, conditions)
    except DamagedDocumentError as error:
        logger.warning("Reading once more: %s", error)
        return _read_once(container, name, parse, limit_bytes, conditions)


def _read_once[Document](
    container: ContainerClient,
    name: str,
    parse: Callable[[bytes], Document],
    limit_bytes: int,
    conditions: dict[str, Any],
) -> StoredDocument[Document] | None:
    blob = container.get_blob_client(name)
    try:
        # Never more than one byte too many, however large the blob is.
        download = blob.download_blob(offset=0, length=limit_bytes + 1, **conditions)
        found, content = download.properties, download.readall()
    except ResourceNotFoundError:
        return None
    except HttpResponseError as error:
        if error.status_code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        found, content = blob.get_blob_properties(), b""
    if len(content) > limit_bytes:
        raise DamagedDocumentError(
            f"{name} must hold at most {limit_bytes:,} bytes, it holds {found.size:,}: restore an"
            " earlier version of the blob.",
            str(found.etag),
        )
    try:
        value = parse(content)
    except BrokenReleaseError as error:
        raise DamagedDocumentError(str(error), str(found.etag)) from error
    metadata = dict(found.metadata or {})
    return StoredDocument(value, content, str(found.etag), found.last_modified, metadata)


def list_names(container: ContainerClient, prefix: str) -> list[str]:
    """List the names of the blobs that begin with a prefix, in order; none without a container."""
    try:
        return sorted(container.list_blob_names(name_starts_with=prefix))
    except ResourceNotFoundError:
        return []
