"""One service of a storage account behind a port that injects faults."""

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import h11

from tests.support.fault_rules import RuleBook, Seen
from tests.support.faults import (
    Answer,
    Call,
    Cut,
    CutWithin,
    Delay,
    Fault,
    FlipBit,
    Outage,
    Silence,
    Trickle,
    Truncate,
)
from tests.support.http_exchange import (
    HttpMessage,
    encode_body,
    encode_head,
    for_client,
    for_storage,
    make_response,
    receive,
    send,
)

_TRICKLES_PER_SECOND = 20


class FaultyService:
    """Forwards the requests to one service, unless a rule injects a fault.

    Parameters
    ----------
    name, url : str
        Of the service.
    rules : RuleBook
        Judges every request.
    begin_outage : callable
        Takes the seconds for which all services refuse connections.
    """

    def __init__(
        self, name: str, url: str, rules: RuleBook, begin_outage: Callable[[float], None]
    ) -> None:
        self.name = name
        self._rules = rules
        self._begin_outage = begin_outage
        self._address = urlsplit(url)
        # Bound and never listening: it keeps the port ours during an outage.
        self.reserved = _bind(0)
        self.port: int = self.reserved.getsockname()[1]
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Accept connections."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, sock=_bind(self.port))

    def close(self) -> None:
        """Refuse connections, and cut those that are open."""
        if self._server is not None:
            self._server.close()
            self._server.abort_clients()
            self._server = None

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        # With no buffer in between, draining waits until the system has everything.
        writer.transport.set_write_buffer_limits(0)
        client = h11.Connection(h11.SERVER)
        try:
            with suppress(OSError, h11.RemoteProtocolError):
                while (request := await receive(client, reader)) is not None:
                    await self._handle(request, client, reader, writer)
                    if client.our_state is not h11.DONE or client.their_state is not h11.DONE:
                        break
                    client.start_next_cycle()
        finally:
            writer.close()

    async def _handle(
        self,
        request: HttpMessage,
        client: h11.Connection,
        reader: StreamReader,
        writer: StreamWriter,
    ) -> None:
        fault = self._rules.judge(Seen(self.name, request.method, request.target))
        match fault:
            case Answer(status, code, headers):
                is_head = request.method == "HEAD"
                await send(client, writer, make_response(status, code, headers, is_head))
            case Outage(seconds):
                self._begin_outage(seconds)
            case Silence():
                while await reader.read(1024):
                    pass
            case Cut(when, call):
                if when == "after":
                    await self._forward(request)
                if call:
                    await asyncio.to_thread(call)
                _reset(writer)
            case _:
                await self._pass_on(fault, request, client, writer)

    async def _pass_on(
        self, fault: Fault, request: HttpMessage, client: h11.Connection, writer: StreamWriter
    ) -> None:
        if isinstance(fault, Delay):
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, FlipBit) and fault.side == "request":
            request = HttpMessage(request.head, _flip(request.body, fault.share))
        if isinstance(fault, Call) and fault.when == "before":
            await asyncio.to_thread(fault.call)
        response = await self._forward(request)
        match fault:
            case Call("after", call):
                await asyncio.to_thread(call)
                await send(client, writer, for_client(response))
            case FlipBit(share, "response"):
                changed = HttpMessage(response.head, _flip(response.body, share))
                await send(client, writer, for_client(changed))
            case Truncate(share):
                kept = response.body[: int(len(response.body) * share)]
                await send(client, writer, for_client(response, kept))
            case CutWithin(share):
                writer.write(encode_head(client, for_client(response)))
                writer.write(response.body[: int(len(response.body) * share)])
                await writer.drain()
                client.send_failed()
            case Trickle(bytes_per_second):
                whole = for_client(response)
                encoded = encode_head(client, whole) + encode_body(client, whole.body)
                await _trickle(writer, encoded, bytes_per_second)
            case _:
                await send(client, writer, for_client(response))

    async def _forward(self, request: HttpMessage) -> HttpMessage:
        reader, writer = await asyncio.open_connection(self._address.hostname, self._address.port)
        connection = h11.Connection(h11.CLIENT)
        try:
            await send(connection, writer, for_storage(request))
            response = await receive(connection, reader)
        finally:
            writer.close()
        if response is None:
            raise ConnectionError("The storage closed the connection without an answer.")
        return response


def _bind(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(("127.0.0.1", port))
    return bound


def _flip(body: bytes, share: float) -> bytes:
    changed = bytearray(body)
    if changed:
        changed[min(int(len(changed) * share), len(changed) - 1)] ^= 1
    return bytes(changed)


async def _trickle(writer: StreamWriter, content: bytes, bytes_per_second: int) -> None:
    step = max(1, bytes_per_second // _TRICKLES_PER_SECOND)
    for start in range(0, len(content), step):
        writer.write(content[start : start + step])
        await writer.drain()
        await asyncio.sleep(step / bytes_per_second)


def _reset(writer: StreamWriter) -> None:
    opened: socket.socket = writer.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
