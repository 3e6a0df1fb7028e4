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
from tests.support.slow_storage import Fault, SlowStorage, slow_storage

# Far below the read timeout of 30 s, and far above what the deadline of 0.5 s needs.
PATIENCE_SECONDS = 10


@pytest.fixture
def proxied(
    storage: str, releases: ContainerClient
) -> Iterator[tuple[SlowStorage, ContainerClient]]:
    releases.upload_blob("large", bytes(300_000))
    with slow_storage(storage) as (proxy, connection_string):
        service = blob_service(Settings(storage_connection=connection_string))
        with service:
            container = service.get_container_client(releases.container_name)
            assert len(container.download_blob("large").readall()) == 300_000
            yield proxy, container


@pytest.mark.parametrize("fault", ["silent", "trickle", "cut"])
def test_a_download_ends_at_its_deadline(
    proxied: tuple[SlowStorage, ContainerClient], fault: Fault
) -> None:
    proxy, container = proxied
    proxy.fault = fault
    begun = time.monotonic()

    with deadline_in(0.5), pytest.raises(AzureError):
        container.download_blob("large").readall()

    assert time.monotonic() - begun < PATIENCE_SECONDS


def test_a_download_that_begins_well_and_then_trickles_ends_at_its_deadline(
    proxied: tuple[SlowStorage, ContainerClient],
) -> None:
    proxy, container = proxied
    begun = time.monotonic()

    with deadline_in(1):
        chunks = container.download_blob("large", max_concurrency=1).chunks()
        proxy.fault = "trickle"
        with pytest.raises(StorageDeadlineError, match="in time"):
            container.download_blob("large").readall()

    assert chunks
    assert time.monotonic() - begun < PATIENCE_SECONDS


def test_storage_is_used_as_before_once_it_answers_again(
    proxied: tuple[SlowStorage, ContainerClient],
) -> None:
    proxy, container = proxied
    proxy.fault = "silent"
    with deadline_in(0.2), pytest.raises(StorageDeadlineError):
        container.download_blob("large").readall()

    proxy.fault = "none"

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
