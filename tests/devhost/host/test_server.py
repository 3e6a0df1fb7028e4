import socket

import pytest

from devhost.errors import StartError
from devhost.host.server import reserve_port
from devhost.running_host import free_port


def test_a_port_in_use_is_refused() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(StartError, match=f"Port {port} is in use"):
            reserve_port(port)


def test_a_reserved_port_cannot_be_reserved_again() -> None:
    port = free_port()

    with reserve_port(port), pytest.raises(StartError, match="is in use"):
        reserve_port(port)


def test_responses_do_not_wait_for_an_acknowledgement() -> None:
    port = free_port()

    with reserve_port(port) as listener:
        # asyncio checks this before it disables Nagle's algorithm.
        assert listener.proto == socket.IPPROTO_TCP
