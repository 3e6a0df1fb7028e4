"""Containers of the emulator, each of its own test."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from azure.storage.blob import BlobServiceClient, ContainerClient


@contextmanager
def new_container(storage: str, kind: str) -> Iterator[ContainerClient]:
    """Create an empty container."""
    with BlobServiceClient.from_connection_string(storage, retry_total=0) as service:
        yield service.create_container(f"{kind}-{uuid4().hex[:12]}")
