"""The storage behind one blob trigger: its blobs, their receipts and the poison queue."""

import base64
import hashlib
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobServiceClient
from azure.storage.queue import QueueServiceClient, TextBase64EncodePolicy

from devhost.errors import StartError
from devhost.host.blob_messages import BlobDetails, BlobMessage
from devhost.host.blob_paths import parse_blob_path
from devhost.host.functions import Function
from devhost.storage.connection import CLIENT_OPTIONS
from shared.registry.deadlines import DeadlineRetry, DeadlineTransport

HOST_STORAGE = "AzureWebJobsStorage"
RECEIPTS_CONTAINER = "azure-webjobs-hosts"
POISON_QUEUE = "webjobs-blobtrigger-poison"


class BlobRevision(NamedTuple):
    """One state of a blob: every upload makes another.

    Attributes
    ----------
    blob : str
        The blob's name inside the container.
    etag : str
        Without quotes.
    """

    blob: str
    etag: str


class BlobStore:
    """The container that a function watches, the receipts and the poison queue.

    Parameters
    ----------
    function : Function
        A function with a `blobTrigger`.
    host_id : str
        Identifies this copy of the app in the receipts' names.
    environment : mapping of str to str
        Holds the connection strings.

    Raises
    ------
    StartError
        When a connection string is missing or malformed.
    """

    def __init__(
        self, function: Function, host_id: str, environment: Mapping[str, str] = os.environ
    ) -> None:
        self.path = parse_blob_path(function.trigger["path"])
        self._function = function
        self._id = f"Host.Functions.{function.name}"
        self._host_id = host_id
        connection = connection_string(function.connection, function.name, environment)
        host_connection = connection_string(HOST_STORAGE, function.name, environment)
        try:
            service = BlobServiceClient.from_connection_string(connection, **_options())
            host = BlobServiceClient.from_connection_string(host_connection, **_options())
            # The host's poison queue is in the account of the blobs.
            queues = QueueServiceClient.from_connection_string(connection, **CLIENT_OPTIONS)
        except ValueError as error:
            raise StartError(f"Function '{function.name}': {error}") from None
        self._container = service.get_container_client(self.path.container)
        self._receipts = host.get_container_client(RECEIPTS_CONTAINER)
        self._poison = queues.get_queue_client(
            POISON_QUEUE, message_encode_policy=TextBase64EncodePolicy()
        )

    def list_revisions(self) -> list[BlobRevision]:
        """List the blobs that match the trigger's path, the oldest first.

        A missing container counts as empty, since it may be created later.
        """
        found: list[tuple[datetime, BlobRevision]] = []
        with suppress(ResourceNotFoundError):
            found.extend(
                (blob.last_modified, BlobRevision(blob.name, blob.etag.strip('"')))
                for blob in self._container.list_blobs()
                if self.path.match(blob.name) is not None
            )
        return [revision for _, revision in sorted(found)]

    def fetch(self, revision: BlobRevision) -> BlobDetails | None:
        """Fetch a blob's details, None if it was deleted or overwritten meanwhile."""
        client = self._container.get_blob_client(revision.blob)
        details = fetch_details(client, takes_content=not self._function.takes_client)
        is_same = details is not None and details.properties["ETag"] == f'"{revision.etag}"'
        return details if is_same else None

    def has_receipt(self, revision: BlobRevision) -> bool:
        """Whether the function has finished with this revision."""
        return self._receipts.get_blob_client(self._receipt(revision)).exists()

    def write_receipt(self, revision: BlobRevision) -> None:
        """Record that the function has finished with this revision."""
        with suppress(ResourceExistsError):
            self._receipts.create_container()
        self._receipts.upload_blob(self._receipt(revision), b"", overwrite=True)

    def send_to_poison_queue(self, revision: BlobRevision) -> None:
        """Put a message about a blob that failed every attempt on the poison queue."""
        message = BlobMessage(self._id, self.path.container, revision.blob, f'"{revision.etag}"')
        with suppress(ResourceExistsError):
            self._poison.create_queue()
        self._poison.send_message(message.encode())

    def _receipt(self, revision: BlobRevision) -> str:
        folder = f"blobreceipts/{self._host_id}/{self._id}"
        return f'{folder}/"{revision.etag}"/{self.path.container}/{revision.blob}'


def fetch_details(client: BlobClient, *, takes_content: bool) -> BlobDetails | None:
    """Fetch a blob's details, with its content if asked for; None if it no longer exists."""
    try:
        properties = client.get_blob_properties()
        content = client.download_blob().readall() if takes_content else b""
    except ResourceNotFoundError:
        return None
    etag = properties.etag.strip('"')
    described = {
        "ETag": f'"{etag}"',
        "LastModified": properties.last_modified.isoformat(),
        "ContentLength": properties.size,
        "ContentType": properties.content_settings.content_type,
    }
    return BlobDetails(content, client.url, described, properties.metadata or {})


def derive_host_id(app_dir: Path) -> str:
    """Derive the host id of this copy of the app: stable over restarts, unlike other copies'."""
    place = base64.b32encode(hashlib.sha256(str(app_dir.resolve()).encode()).digest()[:10])
    return f"{socket.gethostname()[:15]}-{place.decode()}".lower()


def connection_string(
    setting: str, function: str, environment: Mapping[str, str] = os.environ
) -> str:
    """Read a function's connection string from the setting that it names.

    Raises
    ------
    StartError
        When it is missing.
    """
    found = environment.get(setting)
    if not found:
        raise StartError(
            f"Function '{function}': the setting {setting} must hold the connection string of a"
            " storage account, and is missing: set it in the environment or local.settings.json."
        )
    return found


def _options() -> dict[str, Any]:
    # Its reads end at the deadline of a poll, so that the host can stop while storage is silent.
    # The SDK's own retries would pause beyond it.
    retries = DeadlineRetry(**CLIENT_OPTIONS)
    return CLIENT_OPTIONS | {"transport": DeadlineTransport(), "retry_policy": retries}
