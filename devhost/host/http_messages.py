"""HTTP requests and responses, as the worker library exchanges them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from devhost.host.rpc import TypedData

_NO_BODY = TypedData()
_PLAIN_TEXT = "text/plain; charset=utf-8"


class HttpRequest:
    """An HTTP request for a function; the worker library reads its attributes.

    Parameters
    ----------
    method, url : str
        As received; the URL is complete.
    params : dict of str to str
        The route's parameters.
    query, headers : dict of str to str
        Headers by name in lower case.
    body : bytes
        Empty if there is none.
    """

    __slots__ = ("body", "headers", "method", "params", "query", "url")

    def __init__(  # noqa: PLR0913 -- an HTTP request has this many parts
        self,
        method: str,
        url: str,
        *,
        params: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> None:
        self.method = method
        self.url = url
        self.params = params or {}
        self.query = query or {}
        self.headers = headers or {}
        self.body = TypedData(bytes=body) if body else _NO_BODY


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """A function's HTTP response.

    Attributes
    ----------
    cookies : list of str
        The values of the `Set-Cookie` headers.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str] = field(default_factory=list)


def read_http_response(returned: Any) -> HttpResponse:
    """Convert what an HTTP function returned: an `HttpResponse` or a string."""
    if returned.WhichOneof("data") != "http":
        return HttpResponse(200, {"content-type": _PLAIN_TEXT}, returned.string.encode())
    response = returned.http
    cookies = [_format_cookie(cookie) for cookie in response.cookies or ()]
    return HttpResponse(int(response.status_code), response.headers, response.body.bytes, cookies)


def _format_cookie(cookie: Any) -> str:
    parts = [f"{cookie.name}={cookie.value}"]
    if cookie.expires is not None:
        expires = datetime.fromtimestamp(cookie.expires, UTC)
        parts.append(f"expires={format_datetime(expires, usegmt=True)}")
    if cookie.max_age is not None:
        parts.append(f"max-age={cookie.max_age:.0f}")
    named = {"domain": cookie.domain, "path": cookie.path, "samesite": cookie.same_site}
    parts += [f"{name}={value}" for name, value in named.items() if value]
    flags = {"secure": cookie.secure, "httponly": cookie.http_only}
    parts += [name for name, value in flags.items() if value]
    return "; ".join(parts)
