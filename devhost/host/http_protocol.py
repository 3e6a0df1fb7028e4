"""How the host's web server writes responses: their header fields in one piece.

uvicorn writes and checks header by header, which costs a response with a dozen of them as much as
routing its request; Microsoft's host, in compiled code, spends next to nothing on it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, override

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

FIELDS = "devhost.fields"
"""The key of a `http.response.start` message under which `encode_fields` has its headers."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# These change how the response is sent; the host writes them itself.
_OWN = frozenset({"connection", "content-length", "transfer-encoding"})


class HostProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with responses whose header fields are encoded already."""

    @override
    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.__class__ = _Cycle
        super()._start_asgi_task(cycle, app)


class _Cycle(RequestResponseCycle):
    @override
    async def send(self, message: Any) -> None:
        fields = message.get(FIELDS)
        if fields is None or self.response_started or self.disconnected:
            await super().send(message)
            return
        if self.flow.write_paused:
            await self.flow.drain()
        self.response_started = True
        self.waiting_for_100_continue = False
        self.chunked_encoding = False
        length: int | None = message["length"]
        head = [STATUS_LINE[message["status"]]]
        for name, value in self.default_headers:
            head += (name, b": ", value, b"\r\n")
        head.append(fields)
        if length is not None:
            self.expected_content_length = length
            head.append(b"content-length: %d\r\n" % length)
        head.append(b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n")
        self.transport.write(b"".join(head))


def encode_fields(headers: Mapping[str, str], cookies: Sequence[str] = ()) -> bytes:
    """Encode the header fields of a response, without those that the host writes itself.

    Raises
    ------
    ValueError
        When a name is not one, or a value has a control character, such as a line end.
    """
    values = tuple(headers.values())
    text = "".join(values + tuple(cookies))
    if not text.isprintable() and _CONTROL.search(text):
        raise ValueError(f"Expected header values without control characters, got {text!r}.")
    fields = _template(tuple(headers)) % values
    if cookies:
        fields += "".join(f"set-cookie: {cookie}\r\n" for cookie in cookies)
    return fields.encode("latin-1", "replace")


# An app sends the same few names with each response.
@lru_cache
def _template(names: tuple[str, ...]) -> str:
    for name in names:
        if not _TOKEN.fullmatch(name):
            raise ValueError(f"Expected the name of a header, got {name!r}.")
    lines = [f"{name.lower().replace('%', '%%')}: %s\r\n" for name in names]
    # Of a value with a precision of zero, nothing is left.
    return "".join(
        "%.0s" if name.lower() in _OWN else line for name, line in zip(names, lines, strict=True)
    )
