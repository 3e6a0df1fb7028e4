"""Deadlines for whatever asks storage, also where storage is silent or sends a byte at a time."""

import http.client
import io
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from azure.core.exceptions import AzureError
from azure.storage.blob import ExponentialRetry
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Retry
from urllib3.connection import HTTPConnection, HTTPSConnection

from shared.registry.signed_transport import SignedTransport

_DEADLINE: ContextVar[float | None] = ContextVar("storage deadline", default=None)


class StorageDeadlineError(AzureError):
    """Storage did not answer, or did not finish, before the deadline."""


@contextmanager
def deadline_in(seconds: float) -> Iterator[None]:
    """End every storage operation of the block after so many seconds at the latest.

    Notes
    -----
    An earlier deadline stays. Threads started in the block need `keep_deadline`.
    """
    ends = time.monotonic() + seconds
    outer = _DEADLINE.get()
    token = _DEADLINE.set(ends if outer is None else min(ends, outer))
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def keep_deadline[**P, T](function: Callable[P, T]) -> Callable[P, T]:
    """Give a function that another thread will call the deadline of this one."""
    deadline = _DEADLINE.get()

    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        token = _DEADLINE.set(deadline)
        try:
            return function(*args, **kwargs)
        finally:
            _DEADLINE.reset(token)

    return call


def seconds_left() -> float | None:
    """Return the seconds until the deadline, None without one.

    Raises
    ------
    StorageDeadlineError
        When the deadline has passed.
    """
    deadline = _DEADLINE.get()
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise StorageDeadlineError("Storage did not answer in time: try again later.")
    return left


class DeadlineTransport(SignedTransport):
    """The SDK's transport, under the deadline of the thread that uses it.

    Notes
    -----
    The SDK's read timeout starts anew with every byte, so a trickling answer never ends by it.
    Here each read of the socket waits no longer than what is left.
    """

    def open(self) -> None:
        """Open the session, whose connections know the deadline."""
        is_new = self.session is None
        super().open()
        if is_new and self.session is not None:
            for scheme in ("http://", "https://"):
                self.session.mount(scheme, _Adapter(max_retries=Retry(total=False, redirect=False)))

    def send(self, request: Any, **options: Any) -> Any:
        """Send a request that ends before the deadline."""
        left = seconds_left()
        if left is not None:
            config = self.connection_config
            for name, usual in (
                ("connection_timeout", config.timeout),
                ("read_timeout", config.read_timeout),
            ):
                options[name] = min(options.get(name, usual), left)
        return super().send(request, **options)


class DeadlineRetry(ExponentialRetry):
    """The SDK's retries, as long as the deadline leaves time for another try."""

    def sleep(self, settings: Any, transport: Any) -> None:
        """Pause between two tries, unless the second would come too late."""
        left = seconds_left()
        pause = self.get_backoff_time(settings)
        if left is not None and left <= pause:
            raise StorageDeadlineError("Storage failed, and no time is left to try again.")
        transport.sleep(pause)


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_DeadlineReader(sock))


class _DeadlineReader(io.RawIOBase):
    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._usual = sock.gettimeout()
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = seconds_left()
        if left is None:
            return self._raw.readinto(buffer)
        self._socket.settimeout(left if self._usual is None else min(self._usual, left))
        try:
            return self._raw.readinto(buffer)
        except TimeoutError:
            # The SDK would repeat the download after a timeout, though no time is left.
            seconds_left()
            raise

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
