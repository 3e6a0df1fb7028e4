"""Reads and writes of the blobs behind the proxy."""

from azure.core.exceptions import HttpResponseError
from azure.storage.blob import ContainerClient

CONTENT = bytes(range(256)) * 40
"""Of the blob `b`."""


def read(container: ContainerClient, name: str = "b") -> bytes:
    return container.download_blob(name).readall()


def write_fails(container: ContainerClient, name: str) -> bool:
    try:
        container.upload_blob(name, b"")
    except HttpResponseError:
        return True
    return False
