"""A TCP proxy in front of the storage emulator that falls silent, trickles or cuts on demand."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal
from urllib.parse import urlsplit

type Fault = Literal["none", "silent", "trickle", "cut"]

_TRICKLE_SECONDS = 0.05


class SlowStorage:
    """Forwards connections to the emulator, and lets answers fail as told.

    Attributes
    ----------
    fault : str
        What happens to the answers from now on, on open connections too.
    requests : int
        The number of chunks received from clients.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self.fault: Fault = "none"
        self.requests = 0
        self._target = target
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._stopped.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            with suppress(OSError):
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                for one in (
                    threading.Thread(target=self._ask, args=(client, server), daemon=True),
                    threading.Thread(target=self._answer, args=(server, client), daemon=True),
                ):
                    one.start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError), server:
            while chunk := client.recv(65536):
                self.requests += 1
                server.sendall(chunk)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError), client:
            while chunk := server.recv(65536):
                if not self._pass_on(chunk, client):
                    return

    def _pass_on(self, chunk: bytes, client: socket.socket) -> bool:
        while chunk and not self._stopped.is_set():
            match self.fault:
                case "cut":
                    return False
                case "silent":
                    time.sleep(0.01)
                case "trickle":
                    time.sleep(_TRICKLE_SECONDS)
                    client.sendall(chunk[:1])
                    chunk = chunk[1:]
                case "none":
                    client.sendall(chunk)
                    chunk = b""
        return not self._stopped.is_set()


@contextmanager
def slow_storage(connection_string: str) -> Iterator[tuple[SlowStorage, str]]:
    """Stand in front of an emulator until the block is left; give the proxy's connection string."""
    found = re.search(r"BlobEndpoint=([^;]+)", connection_string)
    assert found, connection_string
    place = urlsplit(found[1])
    assert place.hostname
    assert place.port
    proxy = SlowStorage((place.hostname, place.port))
    changed = place._replace(netloc=f"127.0.0.1:{proxy.port}").geturl()
    try:
        yield proxy, connection_string.replace(found[1], changed)
    finally:
        proxy.close()
