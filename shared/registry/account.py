"""The storage account: its client and its two containers."""

import logging
import platform
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceExistsError, ResourceModifiedError
from azure.storage.blob import BlobServiceClient, ContainerClient, ContentSettings

from shared.errors import SettingError
from shared.registry.credential import find_credential
from shared.registry.deadlines import DeadlineTransport
from shared.registry.patience import PatientRetry
from shared.settings import Settings
from shared.storage_names import DATA_STORAGE, HOST_STORAGE

INPUT_CONTAINER = "input"
RELEASES_CONTAINER = "releases"

# At INFO the SDK logs the headers of every request, including every poll of the pointer.
_SDK_LOGGER = "azure"
# The SDK's default initial back-off is 15 s: no HTTP client waits that long.
_RETRIES: dict[str, Any] = {"retry_total": 3, "initial_backoff": 1, "increment_base": 2}
_CONNECTION: dict[str, Any] = {
    "connection_timeout": 5,
    "read_timeout": 30,
    # With the default of 4 KiB, a serving table takes a thousand steps, whose pieces are joined.
    "connection_data_block_size": 4 * 1024 * 1024,
}
_JSON = ContentSettings(content_type="application/json")

CONFLICT_ERRORS = (ResourceModifiedError, ResourceExistsError)
"""The errors of a conditional write that came too late."""


def blob_service(settings: Settings) -> BlobServiceClient:
    """Create a client of the blob service, by connection string or managed identity.

    Raises
    ------
    SettingError
        When neither is configured.
    """
    return _open(BlobServiceClient, settings)


def releases_container(settings: Settings) -> ContainerClient:
    """Create a client of the container that only the app writes to; raises as `blob_service`."""
    return _open(ContainerClient, settings, container_name=RELEASES_CONTAINER)


def _open[Client: (BlobServiceClient, ContainerClient)](
    kind: type[Client], settings: Settings, **names: str
) -> Client:
    logging.getLogger(_SDK_LOGGER).setLevel(logging.WARNING)
    # The SDK tells storage what platform it runs on. For the processor's name, which adds nothing
    # to that on common Linux, Python would start `uname -p`, and the first answer would wait.
    platform.uname().processor = ""  # type: ignore[misc]
    options: dict[str, Any] = {
        "transport": DeadlineTransport(**_CONNECTION),
        "retry_policy": PatientRetry(**_RETRIES),
        **names,
    }
    if settings.storage_connection:
        return kind.from_connection_string(settings.storage_connection, **options)
    if settings.storage_blob_uri:
        credential = find_credential(settings, transport=DeadlineTransport(**_CONNECTION))
        return kind(settings.storage_blob_uri, credential=credential, **options)
    raise SettingError(
        f"{DATA_STORAGE} or {HOST_STORAGE} must hold a connection string, or"
        f" {DATA_STORAGE}__blobServiceUri or {HOST_STORAGE}__blobServiceUri the URL of the blob"
        " service; none is set: set one of them."
    )


def is_upload(container: str, name: str) -> bool:
    """Return whether a blob is a raw file that somebody uploads, as the trigger's path says it."""
    return container == INPUT_CONTAINER and name.endswith(".csv")


def replace_json(
    container: ContainerClient,
    name: str,
    content: bytes,
    known_etag: str | None,
    metadata: dict[str, str] | None = None,
) -> None:
    """Write a JSON blob, unless it has changed since it was read.

    Parameters
    ----------
    container : ContainerClient
        The blob's container.
    name : str
        The blob's name.
    content : bytes
        The JSON text.
    known_etag : str or None
        The blob's ETag when it was read; None when the blob did not exist.
    metadata : dict of str to str, optional
        What to note beside it.

    Raises
    ------
    ResourceModifiedError, ResourceExistsError
        When it has changed: see `CONFLICT_ERRORS`.
    """
    blob = container.get_blob_client(name)
    if known_etag is None:
        blob.upload_blob(content, overwrite=False, content_settings=_JSON, metadata=metadata)
    else:
        blob.upload_blob(
            content,
            overwrite=True,
            content_settings=_JSON,
            metadata=metadata,
            etag=known_etag,
            match_condition=MatchConditions.IfNotModified,
        )
