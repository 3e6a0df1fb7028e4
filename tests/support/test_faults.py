"""Each fault, as Microsoft's client meets it."""

import time

import httpx
import pytest
from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.storage.blob import ContainerClient

from tests.support.fault_proxy import FaultProxy
from tests.support.faults import (
    Answer,
    Call,
    Cut,
    CutWithin,
    Delay,
    FlipBit,
    Outage,
    Silence,
    Trickle,
    Truncate,
    When,
)
from tests.support.proxied_blobs import CONTENT, read


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_status_is_answered_and_storage_sees_nothing(
    fault_proxy: FaultProxy, container: ContainerClient, status: int
) -> None:
    with (
        fault_proxy.inject(Answer(status, "Injected"), "PUT") as rule,
        pytest.raises(HttpResponseError) as caught,
    ):
        container.upload_blob("c", b"x")

    assert caught.value.status_code == status
    assert "Injected" in str(caught.value)
    assert rule.injected == 1
    assert list(container.list_blob_names()) == ["b"]


def test_a_status_is_answered_to_head(fault_proxy: FaultProxy, container: ContainerClient) -> None:
    with fault_proxy.inject(Answer(503), "HEAD"), pytest.raises(HttpResponseError):
        container.get_blob_client("b").get_blob_properties()

    assert container.get_blob_client("b").exists()


def test_a_connection_cut_before_leaves_storage_as_it_was(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    with fault_proxy.inject(Cut("before"), "PUT") as rule, pytest.raises(AzureError):
        container.upload_blob("c", b"x")

    assert rule.injected == 1
    assert list(container.list_blob_names()) == ["b"]


def test_a_connection_cut_after_loses_the_answer_of_a_write_that_went_through(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    called: list[int] = []
    cut = Cut("after", lambda: called.append(len(list(container.list_blob_names()))))
    with fault_proxy.inject(cut, "PUT") as rule, pytest.raises(AzureError):
        container.upload_blob("c", b"x")

    assert rule.injected == 1
    assert called == [2], "called once storage has the blob"
    assert read(container, "c") == b"x"


@pytest.mark.parametrize(("when", "stored"), [("before", False), ("after", True)])
def test_something_else_can_happen_before_or_after_a_request(
    fault_proxy: FaultProxy, container: ContainerClient, when: When, stored: bool
) -> None:
    seen: list[bool] = []
    call = Call(when, lambda: seen.append(container.get_blob_client("c").exists()))
    with fault_proxy.inject(call, "PUT") as rule:
        container.upload_blob("c", b"x")

    assert rule.injected == 1
    assert seen == [stored]
    assert read(container, "c") == b"x"


def test_a_body_can_be_cut_or_truncated(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    headers = signed(container, "b")
    with fault_proxy.inject(CutWithin(), "GET", "/b$"), pytest.raises(AzureError):
        read(container)
    with fault_proxy.inject(Truncate(0.25), "GET", "/b$"):
        truncated = httpx.get(f"{container.url}/b", headers=headers).content

    assert truncated == CONTENT[: len(CONTENT) // 4]
    assert read(container) == CONTENT


def signed(container: ContainerClient, name: str) -> dict[str, str]:
    """Return the headers of a signed read, as the client sends them."""
    sent: dict[str, str] = {}
    container.download_blob(
        name, raw_response_hook=lambda found: sent.update(found.http_request.headers)
    ).readall()
    return {header: value for header, value in sent.items() if header.lower() != "host"}


def test_one_bit_is_flipped_on_the_way_out_or_in(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    with fault_proxy.inject(FlipBit(0.5), "GET", "/b$"):
        damaged = read(container)
    with fault_proxy.inject(FlipBit(0.0, "request"), "PUT", "/c$"):
        container.upload_blob("c", b"abc")

    assert [
        place for place, pair in enumerate(zip(damaged, CONTENT, strict=True)) if len(set(pair)) > 1
    ] == [len(CONTENT) // 2]
    assert read(container) == CONTENT
    assert read(container, "c") == b"`bc"


def test_an_answer_is_delayed_or_trickles(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    for fault in (Delay(0.4), Trickle(len(CONTENT) * 2)):
        started = time.monotonic()
        with fault_proxy.inject(fault, "GET", "/b$") as rule:
            assert read(container) == CONTENT

        assert rule.injected == 1
        assert time.monotonic() - started > 0.35


def test_a_silent_storage_ends_in_the_clients_own_timeout(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    with fault_proxy.inject(Silence(), "GET", "/b$"), pytest.raises(ServiceResponseError):
        read(container)

    assert read(container) == CONTENT


def test_connections_are_refused_during_an_outage(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    with fault_proxy.outage(), pytest.raises(ServiceRequestError, match="refused"):
        read(container)

    assert read(container) == CONTENT


def test_an_outage_begins_at_a_request_and_ends_by_itself(
    fault_proxy: FaultProxy, container: ContainerClient
) -> None:
    with fault_proxy.inject(Outage(0.5), "GET", "/b$", times=1) as rule:
        with pytest.raises(AzureError):
            read(container)
        with pytest.raises(ServiceRequestError, match="refused"):
            read(container)
    time.sleep(0.6)

    assert rule.injected == 1
    assert read(container) == CONTENT
