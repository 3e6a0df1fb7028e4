"""The storage of the app, saved and brought back."""

from collections.abc import Mapping
from dataclasses import dataclass

from azure.storage.blob import BlobLeaseClient, BlobServiceClient, ContainerClient

_POINTER = "current.json"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was in storage.

    Attributes
    ----------
    uploads : mapping of str to str
        The ETag of every blob in the input container.
    blobs : mapping of str to bytes
        Every blob of the releases container.
    """

    uploads: Mapping[str, str]
    blobs: Mapping[str, bytes]


def take_snapshot(service: BlobServiceClient) -> Snapshot:
    """Read what is in the app's containers."""
    inputs, releases = _containers(service)
    return Snapshot(
        {blob.name: blob.etag for blob in inputs.list_blobs()},
        {name: releases.download_blob(name).readall() for name in releases.list_blob_names()},
    )


def restore_snapshot(service: BlobServiceClient, snapshot: Snapshot) -> None:
    """Make storage what it was, but for uploads that are gone: again they would be new ones.

    The pointer comes last, so that readers see whole releases.
    """
    inputs, releases = _containers(service)
    for upload in list(inputs.list_blobs()):
        if upload.etag != snapshot.uploads.get(upload.name):
            inputs.delete_blob(upload.name)
    for blob in sorted(snapshot.blobs, key=lambda one: one == _POINTER):
        release_lease(releases, blob)
        releases.upload_blob(blob, snapshot.blobs[blob], overwrite=True)
    for blob in list(releases.list_blob_names()):
        if blob not in snapshot.blobs:
            release_lease(releases, blob)
            releases.delete_blob(blob)


def release_lease(container: ContainerClient, blob: str) -> None:
    """Break a lease that an ended instance has left; in storage it would lapse by itself."""
    client = container.get_blob_client(blob)
    if client.exists() and client.get_blob_properties().lease.status == "locked":
        BlobLeaseClient(client).break_lease(0)


def _containers(service: BlobServiceClient) -> tuple[ContainerClient, ContainerClient]:
    return service.get_container_client("input"), service.get_container_client("releases")
