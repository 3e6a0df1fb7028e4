"""The storage of the app, saved and brought back."""

from collections.abc import Mapping

from azure.storage.blob import BlobLeaseClient, BlobServiceClient, ContainerClient

CONTAINERS = ("input", "releases")
_POINTER = "current.json"

type Snapshot = Mapping[str, Mapping[str, bytes]]


def take_snapshot(service: BlobServiceClient) -> Snapshot:
    """Read every blob of the app's containers."""
    return {name: _read_all(service.get_container_client(name)) for name in CONTAINERS}


def restore_snapshot(service: BlobServiceClient, snapshot: Snapshot) -> None:
    """Make storage what it was; the pointer comes last, so that readers see whole releases."""
    for name in CONTAINERS:
        container = service.get_container_client(name)
        kept = snapshot[name]
        for blob in sorted(kept, key=lambda one: one == _POINTER):
            release_lease(container, blob)
            container.upload_blob(blob, kept[blob], overwrite=True)
        for blob in list(container.list_blob_names()):
            if blob not in kept:
                release_lease(container, blob)
                container.delete_blob(blob)


def release_lease(container: ContainerClient, blob: str) -> None:
    """Break a lease that an ended instance has left; in storage it would lapse by itself."""
    client = container.get_blob_client(blob)
    if client.exists() and client.get_blob_properties().lease.status == "locked":
        BlobLeaseClient(client).break_lease(0)


def _read_all(container: ContainerClient) -> dict[str, bytes]:
    return {name: container.download_blob(name).readall() for name in container.list_blob_names()}
