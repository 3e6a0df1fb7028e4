"""Whole HTTP/1.1 messages, read from and written to streams."""

from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass

import h11

_READ_BYTES = 256 * 1024
# Ours end at the proxy: each side has a connection of its own.
_HOP_BY_HOP = frozenset({b"connection", b"keep-alive", b"proxy-connection"})


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A request or a response with its whole body."""

    head: h11.Request | h11.Response
    body: bytes

    @property
    def method(self) -> str:
        assert isinstance(self.head, h11.Request)
        return self.head.method.decode()

    @property
    def target(self) -> str:
        assert isinstance(self.head, h11.Request)
        return self.head.target.decode()


async def receive(connection: h11.Connection, reader: StreamReader) -> HttpMessage | None:
    """Read the next message; None when the other side has closed the connection."""
    head: h11.Request | h11.Response | None = None
    pieces: list[bytes] = []
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_READ_BYTES))
        elif isinstance(event, h11.Request | h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            pieces.append(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage):
            assert head is not None
            return HttpMessage(head, b"".join(pieces))
        elif not isinstance(event, h11.InformationalResponse):
            return None


async def send(connection: h11.Connection, writer: StreamWriter, message: HttpMessage) -> None:
    """Write a message, and wait until the system has taken all of it."""
    writer.write(encode_head(connection, message))
    writer.write(encode_body(connection, message.body))
    await writer.drain()


def encode_head(connection: h11.Connection, message: HttpMessage) -> bytes:
    return connection.send(message.head) or b""


def encode_body(connection: h11.Connection, body: bytes) -> bytes:
    data = connection.send(h11.Data(data=body)) or b"" if body else b""
    return data + (connection.send(h11.EndOfMessage()) or b"")


def for_storage(request: HttpMessage) -> HttpMessage:
    """Prepare a request for a connection that storage closes after it."""
    head = request.head
    assert isinstance(head, h11.Request)
    headers = [*_end_to_end(head), (b"Connection", b"close")]
    return HttpMessage(
        h11.Request(method=head.method, target=head.target, headers=headers), request.body
    )


def for_client(response: HttpMessage, body: bytes | None = None) -> HttpMessage:
    """Prepare a response for a connection that stays open, with another body if one is given."""
    head = response.head
    assert isinstance(head, h11.Response)
    headers = _end_to_end(head)
    if body is not None:
        fixed = {b"content-length", b"transfer-encoding"}
        headers = [(name, value) for name, value in headers if name.lower() not in fixed]
        headers.append((b"Content-Length", str(len(body)).encode()))
    changed = h11.Response(status_code=head.status_code, headers=headers, reason=head.reason)
    return HttpMessage(changed, response.body if body is None else body)


def make_response(
    status: int, code: str, headers: tuple[tuple[str, str], ...], is_head: bool
) -> HttpMessage:
    """Make an error as storage words it."""
    error = f"<Error><Code>{code}</Code><Message>Injected.</Message></Error>"
    body = b"" if is_head else f'<?xml version="1.0"?>{error}'.encode()
    fixed = [
        ("x-ms-error-code", code),
        ("Content-Type", "application/xml"),
        ("Content-Length", str(len(body))),
    ]
    return HttpMessage(h11.Response(status_code=status, headers=[*fixed, *headers]), body)


def _end_to_end(head: h11.Request | h11.Response) -> list[tuple[bytes, bytes]]:
    raw = head.headers.raw_items()
    return [(name, value) for name, value in raw if name.lower() not in _HOP_BY_HOP]
