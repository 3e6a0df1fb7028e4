"""HTTP requests and answers as the worker library takes and gives them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from devhost.host.rpc import TypedData

_NO_BODY = TypedData()
_PLAIN_TEXT = "text/plain; charset=utf-8"


class HttpRequest:
    """An HTTP request for a function; the worker library reads it as it is.

    Parameters
    ----------
    method, url : str
        As they came, the URL whole.
    params : dict of str to str
        The route's values.
    query, headers : dict of str to str
        Header names in lower case.
    body : bytes
        Empty for none.
    """

    __slots__ = ("body", "headers", "method", "params", "query", "url")

    def __init__(  # noqa: PLR0913 -- an HTTP request has so many parts
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
    """A function's HTTP answer.

    Attributes
    ----------
    cookies : list of str
        One value of `Set-Cookie` each.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str] = field(default_factory=list)


def read_http_response(returned: Any) -> HttpResponse:
    """Read what an HTTP function returned, an `HttpResponse` or a text."""
    if returned.WhichOneof("data") != "http":
        return HttpResponse(200, {"content-type": _PLAIN_TEXT}, returned.string.encode())
    answer = returned.http
    cookies = [_write_cookie(cookie) for cookie in answer.cookies or ()]
    return HttpResponse(int(answer.status_code), answer.headers, answer.body.bytes, cookies)


def _write_cookie(cookie: Any) -> str:
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
