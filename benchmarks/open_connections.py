"""Requests over open connections, in turns much shorter than a second, wrk's shortest."""

import selectors
import socket
import time
from collections.abc import Sequence
from itertools import islice
from typing import Self

from benchmarks.servers import TIMEOUT_SECONDS

_MOST_BYTES = 65_536


class OpenConnections:
    """Several connections to a local server, to be closed as a context manager.

    Parameters
    ----------
    port : int
        Where the server listens.
    number : int
        Of connections; each has at most one request under way.
    """

    def __init__(self, port: int, number: int) -> None:
        self._port = port
        self._selector = selectors.DefaultSelector()
        self._sockets = [self._connect() for _ in range(number)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        for one in self._sockets:
            one.close()

    def get(self, paths: Sequence[str]) -> float:
        """Request paths in order, and return the seconds from the first request to the last answer.

        Raises
        ------
        RuntimeError
            When an answer has another status than 200, has no length, or ends too early.
        TimeoutError
            When none comes.
        """
        requests = iter([self._format(path) for path in paths])
        waiting = len(paths)
        started = time.perf_counter()
        for one, request in zip(self._sockets, requests, strict=False):
            one.sendall(request)
        while waiting:
            ready = self._selector.select(TIMEOUT_SECONDS)
            if not ready:
                raise TimeoutError(f"No answer from port {self._port} in {TIMEOUT_SECONDS:.0f} s.")
            for key, _ in ready:
                one = self._sockets[key.data]
                _receive(one)
                waiting -= 1
                for request in islice(requests, 1):
                    one.sendall(request)
        return time.perf_counter() - started

    def _connect(self) -> socket.socket:
        connected = socket.create_connection(("127.0.0.1", self._port), TIMEOUT_SECONDS)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        place = len(self._selector.get_map())
        self._selector.register(connected, selectors.EVENT_READ, place)
        return connected

    def _format(self, path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n\r\n".encode()


def _receive(connected: socket.socket) -> None:
    """Read one whole answer."""
    received = _receive_more(connected)
    while b"\r\n\r\n" not in received:
        received += _receive_more(connected)
    head, _, body = received.partition(b"\r\n\r\n")
    _, found, after = head.lower().partition(b"\r\ncontent-length:")
    if not head.startswith(b"HTTP/1.1 200 ") or not found:
        raise RuntimeError(f"Expected 200 and a Content-Length, got {received[:200]!r}")
    missing = int(after.partition(b"\r\n")[0]) - len(body)
    while missing > 0:
        missing -= len(_receive_more(connected))


def _receive_more(connected: socket.socket) -> bytes:
    received = connected.recv(_MOST_BYTES)
    if not received:
        raise RuntimeError("The server closed a connection before its answer was complete.")
    return received
