"""When the host closes a connection, and what it says about it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from devhost.running_host import RunningHost, run_host_process
from tests.support.devhost_apps import app_settings, write_app


@pytest.fixture(scope="module")
def host(storage: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHost]:
    app: Path = write_app(tmp_path_factory.mktemp("app"))
    with run_host_process(app, app_settings(storage, app)) as running:
        yield running


def test_a_client_of_http_1_0_is_told_that_the_connection_ends(host: RunningHost) -> None:
    with _connect(host) as connection:
        connection.sendall(b"GET /api/ HTTP/1.0\r\nHost: localhost\r\n\r\n")
        with connection.makefile("rb") as stream:
            head, _, body = stream.read().partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nconnection: close" in head
    assert b"\r\ncontent-length: 4" in head
    assert body == b"root"


def test_requests_sent_at_once_are_answered_in_order(host: RunningHost) -> None:
    first = b"GET /api/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /api/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    with _connect(host) as connection:
        connection.sendall(first + last)
        with connection.makefile("rb") as stream:
            received = stream.read()

    assert received.count(b"HTTP/1.1 ") == 2
    assert received.index(b"HTTP/1.1 200 ") < received.index(b"HTTP/1.1 404 ")
    assert received.count(b"connection: close") == 1


def _connect(host: RunningHost) -> socket.socket:
    port = int(host.url.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=10)
