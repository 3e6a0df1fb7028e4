"""Deadlines of storage operations, against storage that is silent, trickles or fails."""

import threading
import time
from collections.abc import Iterator

import pytest
from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.registry.account import blob_service
from shared.registry.deadlines import (
    StorageDeadlineError,
    deadline_in,
    keep_deadline,
    seconds_left,
)
from shared.settings import Settings
from tests.support.fault_proxy import FaultProxy
from tests.support.faults import Cut, Fault, Silence, Trickle

# Far below the read timeout of 30 s, and far above what the deadline of 0.5 s needs.
PATIENCE_SECONDS = 10
TRICKLE = Trickle(bytes_per_second=20)


@pytest.fixture
def container(fault_proxy: FaultProxy, releases: ContainerClient) -> Iterator[ContainerClient]:
    """Give the container of the releases behind the proxy, with a large blob and a warm client."""
    releases.upload_blob("large", bytes(300_000))
    settings = Settings(storage_connection=fault_proxy.connection_string)
    with blob_service(settings) as service:
        container = service.get_container_client(releases.container_name)
        assert len(container.download_blob("large").readall()) == 300_000
        yield container


@pytest.mark.parametrize("fault", [Silence(), TRICKLE, Cut("after")], ids=str)
def test_a_download_ends_at_its_deadline(
    fault_proxy: FaultProxy, container: ContainerClient, fault: Fault
) -> None:
    begun = time.monotonic()

    with fault_proxy.inject(fault) as rule, deadline_in(0.5), pytest.raises(AzureError):
        container.download_blob("large").readall()

    assert rule.injected
    assert time.monotonic() - begun < PATIENCE_SECONDS


def test_a_download_that_begins_well_and_then_trickles_ends_at_its_deadline(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    begun = time.monotonic()

    with deadline_in(1):
        chunks = container.download_blob("large", max_concurrency=1).chunks()
        with fault_proxy.inject(TRICKLE), pytest.raises(StorageDeadlineError, match="in time"):
            container.download_blob("large").readall()

    assert chunks
    assert time.monotonic() - begun < PATIENCE_SECONDS


def test_storage_is_used_as_before_once_it_answers_again(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    with (
        fault_proxy.inject(Silence()),
        deadline_in(0.2),
        pytest.raises(StorageDeadlineError),
    ):
        container.download_blob("large").readall()

    assert len(container.download_blob("large").readall()) == 300_000
    with deadline_in(60):
        assert len(container.download_blob("large").readall()) == 300_000


def test_an_inner_deadline_cannot_extend_an_outer_one() -> None:
    with deadline_in(5), deadline_in(500):
        left = seconds_left()

    assert left is not None
    assert left <= 5
    assert seconds_left() is None


def test_a_thread_keeps_the_deadline_that_it_is_given() -> None:
    seen: list[float | None] = []
    with deadline_in(5):
        calls = [
            lambda: seen.append(seconds_left()),
            keep_deadline(lambda: seen.append(seconds_left())),
        ]
    for call in calls:
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()

    assert seen[0] is None
    assert seen[1] is not None
