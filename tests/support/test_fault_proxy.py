"""The proxy that injects faults, between Microsoft's clients and the emulator."""

from threading import Thread
from uuid import uuid4

import httpx
import pytest
from azure.core.exceptions import (
    HttpResponseError,
)
from azure.data.tables import TableServiceClient
from azure.storage.blob import ContainerClient
from azure.storage.queue import QueueServiceClient

from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import WRITES
from tests.support.faults import (
    Answer,
    Pass,
    Silence,
)
from tests.support.proxied_blobs import CONTENT, read, write_fails


def test_blobs_pass_unchanged_whatever_their_size(container: ContainerClient) -> None:
    large = CONTENT * 500

    container.upload_blob("large", iter([large, b"end"]))
    container.upload_blob("empty", b"")

    assert read(container) == CONTENT
    assert read(container, "large") == large + b"end"
    assert read(container, "empty") == b""
    assert {blob.name: blob.size for blob in container.list_blobs()} == {
        "b": len(CONTENT),
        "large": len(large) + 3,
        "empty": 0,
    }
    assert container.get_blob_client("b").get_blob_properties().size == len(CONTENT)


def test_blobs_are_copied_leased_and_deleted(container: ContainerClient) -> None:
    original = container.get_blob_client("b")

    container.get_blob_client("copy").start_copy_from_url(original.url)
    lease = original.acquire_lease(15)
    with pytest.raises(HttpResponseError, match="lease"):
        original.delete_blob()
    lease.release()
    original.delete_blob()

    assert list(container.list_blob_names()) == ["copy"]


def test_queues_pass(fault_proxy: FaultProxy) -> None:
    with QueueServiceClient.from_connection_string(fault_proxy.connection_string) as service:
        queue = service.create_queue(f"q-{uuid4().hex[:12]}")
        queue.send_message("hello")

        assert [one.content for one in queue.receive_messages()] == ["hello"]


def test_tables_pass(fault_proxy: FaultProxy) -> None:
    with TableServiceClient.from_connection_string(fault_proxy.connection_string) as service:
        table = service.create_table(f"t{uuid4().hex[:12]}")
        table.submit_transaction(
            [("create", {"PartitionKey": "p", "RowKey": str(row), "n": row}) for row in range(3)]
        )

        assert [entity["n"] for entity in table.list_entities()] == [0, 1, 2]


def test_a_connection_carries_many_requests(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    with httpx.Client() as client:
        answers = [client.get(container.url) for _ in range(3)]
        sockets = {id(one.extensions["network_stream"]) for one in answers}

    assert len({one.status_code for one in answers}) == 1
    assert len(sockets) == 1


def test_rules_choose_by_method_target_service_and_turn(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    with (
        fault_proxy.inject(Pass(), target="/spared$") as spared,
        fault_proxy.inject(Answer(503), WRITES, service="Blob", skip=1, times=2) as rule,
    ):
        failed = [write_fails(container, name) for name in ("1", "spared", "2", "3", "4")]

    assert failed == [False, False, True, True, False]
    assert spared.matched == 1
    assert rule.matched == 5


def test_a_share_of_the_requests_is_drawn_by_seed(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    patterns = []
    for seed in (1, 1, 2):
        with fault_proxy.inject(Answer(503), "PUT", share=0.5, seed=seed):
            patterns.append([write_fails(container, uuid4().hex) for _ in range(20)])

    assert patterns[0] == patterns[1] != patterns[2]
    assert 0 < sum(patterns[0]) < 20


def test_every_request_is_on_record_with_its_fault(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    with fault_proxy.inject(Answer(503), "GET", "/b$", times=1), pytest.raises(HttpResponseError):
        read(container)
    read(container)

    reads = [
        one for one in fault_proxy.rules.seen() if one.target.endswith("/b") and one.method == "GET"
    ]
    assert [(one.service, one.fault) for one in reads] == [("Blob", "Answer"), ("Blob", "")]


def test_many_connections_are_served_at_a_time(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    read_by: list[bytes] = []
    with fault_proxy.inject(Silence(), "GET", "/other$"):
        threads = [Thread(target=lambda: read_by.append(read(container))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert read_by == [CONTENT] * 8
