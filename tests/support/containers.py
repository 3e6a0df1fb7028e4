"""Containers of the emulator, each of its own test."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from azure.core.exceptions import ResourceExistsError
from azure.storage.blob import BlobServiceClient, ContainerClient, LinearRetry


@contextmanager
def new_container(storage: str, kind: str) -> Iterator[ContainerClient]:
    """Create an empty container.

    The emulator closes a connection that is idle for five seconds, sometimes just as it is used
    again: one try more, at once. Where the first try's answer alone was lost, the second is told
    that the container exists.
    """
    once_more = LinearRetry(backoff=0, retry_total=1, random_jitter_range=0)
    with BlobServiceClient.from_connection_string(storage, retry_policy=once_more) as service:
        container = service.get_container_client(f"{kind}-{uuid4().hex[:12]}")
        with suppress(ResourceExistsError):
            container.create_container()
        yield container
