"""The HTTP side of the host: an ASGI app that passes requests to the app's functions."""

import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from devhost.errors import InvocationError
from devhost.host.custom_headers import CustomHeaders
from devhost.host.event_grid import WEBHOOK, BlobWebhook
from devhost.host.host_log import log_end, log_start
from devhost.host.http_messages import HttpRequest, HttpResponse
from devhost.host.http_protocol import FIELDS, encode_fields
from devhost.host.routes import Router, decode_path
from devhost.host.worker import Worker

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_NOT_FOUND = HttpResponse(404, {}, b"")
_FAILED = HttpResponse(500, {}, b"")
_REASON = "This function was programmatically called via the host APIs."
_WITHOUT_BODY = frozenset({204, 304})


class HttpApp:
    """Routes requests, invokes functions and sends their responses.

    Parameters
    ----------
    worker : Worker
        The worker, after indexing.
    router : Router
        The routes of the app's HTTP functions.
    webhook : BlobWebhook, optional
        Answers Event Grid, where a function is triggered by it.
    custom_headers : mapping of str to str
        Added to every response that lacks them.
    """

    def __init__(
        self,
        worker: Worker,
        router: Router,
        webhook: BlobWebhook | None = None,
        custom_headers: Mapping[str, str] | None = None,
    ) -> None:
        self._worker = worker
        self._router = router
        self._webhook = webhook
        self._custom_headers = CustomHeaders(custom_headers or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        if self._webhook and scope["path"] == WEBHOOK and scope["method"] == "POST":
            headers = _read_headers(scope["headers"])
            query = _read_query(scope["query_string"])
            body = await _read_body(headers, receive)
            await self._respond(await self._webhook.answer(query, headers, body), send)
            return
        found = self._router.find(scope["method"], decode_path(scope["raw_path"]))
        if found is None:
            await self._respond(_NOT_FOUND, send)
            return
        headers = _read_headers(scope["headers"])
        request = HttpRequest(
            scope["method"],
            _build_url(scope, headers),
            params=found.params,
            query=_read_query(scope["query_string"]),
            headers=headers,
            body=await _read_body(headers, receive),
        )
        await self._respond(await self._invoke(found.function, request), send)

    async def _invoke(self, function: str, request: HttpRequest) -> HttpResponse:
        invocation = str(uuid.uuid4())
        started = time.perf_counter()
        log_start(function, _REASON, invocation)
        try:
            response = await self._worker.invoke_http(function, request, invocation)
        except InvocationError as error:
            log_end(function, invocation, started, error)
            return _FAILED
        log_end(function, invocation, started)
        return response

    async def _respond(self, response: HttpResponse, send: Send) -> None:
        has_body = response.status not in _WITHOUT_BODY
        body = response.body if has_body else b""
        length = len(body) if has_body else None
        if has_body and not body:
            # A response to HEAD may state the length of the body that GET would get.
            length = int(response.headers.get("Content-Length", "0"))
        fields = encode_fields(response.headers, response.cookies)
        fields += self._custom_headers.encode_missing(response.headers)
        await send(
            {
                "type": "http.response.start",
                "status": response.status,
                FIELDS: fields,
                "length": length,
            }
        )
        await send({"type": "http.response.body", "body": body})


def _read_headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


def _read_query(raw: bytes) -> dict[str, str]:
    query: dict[str, str] = {}
    if raw:
        # The real host drops empty values and joins repeated ones.
        for name, value in parse_qsl(raw.decode("latin-1")):
            query[name] = f"{query[name]},{value}" if name in query else value
    return query


def _build_url(scope: Scope, headers: dict[str, str]) -> str:
    url = f"{scope['scheme']}://{headers.get('host', '')}{scope['raw_path'].decode('latin-1')}"
    query: bytes = scope["query_string"]
    return f"{url}?{query.decode('latin-1')}" if query else url


async def _read_body(headers: dict[str, str], receive: Receive) -> bytes:
    if "content-length" not in headers and "transfer-encoding" not in headers:
        return b""
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)
