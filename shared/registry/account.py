"""The storage account: its client, its two containers."""

import logging
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError
from azure.storage.blob import BlobServiceClient, ContainerClient, ContentSettings

from shared.errors import SettingError
from shared.settings import STORAGE, Settings

INPUT_CONTAINER = "input"
RELEASES_CONTAINER = "releases"

# The SDK's own first back-off is 15 s: no caller of a URL waits that long.
# At INFO the SDK logs every request's headers, which is every look at the pointer.
_SDK_LOGGER = "azure"
_PATIENCE: dict[str, Any] = {
    "retry_total": 3,
    "initial_backoff": 1,
    "increment_base": 2,
    "connection_timeout": 5,
    "read_timeout": 30,
}
_JSON = ContentSettings(content_type="application/json")

CONFLICT_ERRORS = (ResourceModifiedError, ResourceExistsError)
"""What `replace_json` raises when somebody else wrote first."""


def blob_service(settings: Settings) -> BlobServiceClient:
    """Make a client of the blob service, by connection string or managed identity.

    Raises
    ------
    SettingError
        When neither is set.
    """
    logging.getLogger(_SDK_LOGGER).setLevel(logging.WARNING)
    if settings.storage_connection:
        return BlobServiceClient.from_connection_string(settings.storage_connection, **_PATIENCE)
    if settings.storage_blob_uri:
        from azure.identity import ManagedIdentityCredential  # noqa: PLC0415 -- slow to import

        credential = ManagedIdentityCredential(client_id=settings.storage_client_id)
        return BlobServiceClient(settings.storage_blob_uri, credential=credential, **_PATIENCE)
    raise SettingError(
        f"{STORAGE} must hold a connection string, or {STORAGE}__blobServiceUri the address of the"
        " blob service; neither is set: set one of them."
    )


def releases_container(settings: Settings) -> ContainerClient:
    """Make a client of the container that only the app writes."""
    return blob_service(settings).get_container_client(RELEASES_CONTAINER)


def replace_json(
    container: ContainerClient, name: str, content: bytes, known_etag: str | None
) -> None:
    """Write a JSON blob, unless it changed since it was read.

    Parameters
    ----------
    container : ContainerClient
        Where it lies.
    name : str
        Of the blob.
    content : bytes
        The JSON text.
    known_etag : str or None
        The blob's ETag when it was read; None when there was no such blob.

    Raises
    ------
    ResourceModifiedError, ResourceExistsError
        When it changed since: see `CONFLICT_ERRORS`.
    """
    blob = container.get_blob_client(name)
    if known_etag is None:
        blob.upload_blob(content, overwrite=False, content_settings=_JSON)
    else:
        blob.upload_blob(
            content,
            overwrite=True,
            content_settings=_JSON,
            etag=known_etag,
            match_condition=MatchConditions.IfNotModified,
        )
