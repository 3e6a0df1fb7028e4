"""The app behind real URLs, run by the development host in a process of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobLeaseClient, ContainerClient

from devhost.running_host import RunningHost, run_host_process
from shared.registry.account import INPUT_CONTAINER, RELEASES_CONTAINER, blob_service
from shared.settings import Settings
from tests.support.paths import ROOT


def empty_releases(storage: str) -> ContainerClient:
    """Empty both containers of the app and return the one for releases."""
    empty(storage, INPUT_CONTAINER)
    return empty(storage, RELEASES_CONTAINER)


def empty(storage: str, name: str) -> ContainerClient:
    """Empty one of the app's containers, created if missing, and return it."""
    container = blob_service(Settings(storage_connection=storage)).get_container_client(name)
    if not container.exists():
        container.create_container()
    for blob in list(container.list_blob_names()):
        try:
            container.delete_blob(blob)
        except HttpResponseError:
            # An app that was stopped during a run has left a lease on the blob.
            BlobLeaseClient(container.get_blob_client(blob)).break_lease(0)
            container.delete_blob(blob)
    return container


@contextmanager
def run_app(storage: str, **settings: Any) -> Iterator[RunningHost]:
    """Run the app on a free port until the block exits."""
    environment = {
        "AzureWebJobsStorage": storage,
        "BLOB_TRIGGER_SOURCE": "LogsAndContainerScan",
        "RELEASE_REFRESH_SECONDS": "0.1",
        "BUILD_ID": uuid4().hex[:8],
        "RETRY_PAUSES": "0.1,0.1,0.1,0.1",
        **settings,
    }
    with run_host_process(ROOT, environment) as host:
        yield host
