"""Requests over connections that stay open."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from benchmarks.open_connections import OpenConnections


class Server(ThreadingHTTPServer):
    """Answers every path but `/missing`, and remembers paths and clients."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.paths: list[str] = []
        self.clients: set[object] = set()

    def handle_error(self, *_: object) -> None:
        """Keep quiet about clients that leave."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.server.clients.add(self.client_address)
        body = b"x" * 100_000
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as listening:
        thread = Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def test_every_path_is_requested_once_over_the_same_connections(server: Server) -> None:
    paths = [f"/{number}" for number in range(20)]

    with OpenConnections(server.server_port, 3) as connections:
        assert connections.get(paths) > 0
        assert connections.get(paths[:2]) > 0

    assert sorted(server.paths) == sorted(paths + paths[:2])
    assert len(server.clients) == 3


def test_an_answer_other_than_200_is_an_error(server: Server) -> None:
    with (
        OpenConnections(server.server_port, 2) as connections,
        pytest.raises(RuntimeError, match=r"Expected 200 .* got b'HTTP/1.1 404"),
    ):
        connections.get(["/found", "/missing"])
