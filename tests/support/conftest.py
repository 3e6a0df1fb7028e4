"""A container behind the proxy that injects faults."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from azure.storage.blob import BlobServiceClient, ContainerClient

from tests.support.fault_proxy import FaultProxy
from tests.support.proxied_blobs import CONTENT


@pytest.fixture
def container(fault_proxy: FaultProxy) -> Iterator[ContainerClient]:
    """Give a new container with the blob `b`, through the proxy, by a client without retries."""
    storage = fault_proxy.connection_string
    with BlobServiceClient.from_connection_string(
        storage, retry_total=0, read_timeout=2
    ) as service:
        container = service.create_container(f"proxied-{uuid4().hex[:12]}")
        container.upload_blob("b", CONTENT)
        yield container
