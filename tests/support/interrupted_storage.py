"""Storage whose replies are lost, or whose client is killed, at a chosen write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from azure.core.exceptions import ServiceResponseError
from azure.core.pipeline.transport import RequestsTransport

_WRITES = {"PUT", "DELETE", "POST"}


class Killed(BaseException):
    """Stands for the end of a process: nothing in the code may catch it."""


@contextmanager
def killed_after(monkeypatch: pytest.MonkeyPatch, writes: int) -> Iterator[list[str]]:
    """Let some writes reach storage, then kill the client; give the writes that were made."""
    made: list[str] = []

    def count(request: Any, send: Callable[[], Any]) -> Any:
        if request.method not in _WRITES:
            return send()
        if len(made) == writes:
            raise Killed
        response = send()
        made.append(f"{request.method} {request.url.partition('?')[0]}")
        return response

    with _intercepted(monkeypatch, count):
        yield made


@contextmanager
def replies_lost(monkeypatch: pytest.MonkeyPatch, part_of_name: str) -> Iterator[list[str]]:
    """Lose the first reply to each write of some blobs, and repeat it as the SDK does."""
    lost: list[str] = []

    def lose(request: Any, send: Callable[[], Any]) -> Any:
        url = request.url.partition("?")[0]
        response = send()
        if request.method in _WRITES and part_of_name in url and url not in lost:
            lost.append(url)
            return send()
        return response

    with _intercepted(monkeypatch, lose):
        yield lost


@contextmanager
def failing(
    monkeypatch: pytest.MonkeyPatch, part_of_name: str, *, method: str = "GET"
) -> Iterator[list[str]]:
    """Cut the connection of every request about some blobs."""
    failed: list[str] = []

    def fail(request: Any, send: Callable[[], Any]) -> Any:
        if request.method == method and part_of_name in request.url:
            failed.append(request.url)
            raise ServiceResponseError("the connection was cut")
        return send()

    with _intercepted(monkeypatch, fail):
        yield failed


@contextmanager
def _intercepted(
    monkeypatch: pytest.MonkeyPatch, around: Callable[[Any, Callable[[], Any]], Any]
) -> Iterator[None]:
    original = RequestsTransport.send

    def send(transport: RequestsTransport, request: Any, **options: Any) -> Any:
        return around(request, lambda: original(transport, request, **options))

    with monkeypatch.context() as patch:
        patch.setattr(RequestsTransport, "send", send)
        yield
