"""Kill a run at a write to storage, as a signal would: nothing on its way can catch it."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from azure.storage.blob import BlobClient

_WRITES = ("upload_blob", "start_copy_from_url", "delete_blob", "set_standard_blob_tier")


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def killed_at(write: int, *, applied: bool) -> Iterator[list[str]]:
    """Kill whoever makes a certain write; give the names of the blobs that were written.

    Parameters
    ----------
    write : int
        The number of the write, from 0.
    applied : bool
        Whether the storage applies the write before the kill.
    """
    written: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in _WRITES:
            patch.setattr(BlobClient, name, _counting(name, write, written, applied=applied))
        yield written


def _counting(name: str, write: int, written: list[str], *, applied: bool) -> Callable[..., Any]:
    original = getattr(BlobClient, name)

    def call(blob: BlobClient, *arguments: Any, **options: Any) -> Any:
        written.append(str(blob.blob_name))
        if len(written) - 1 != write:
            return original(blob, *arguments, **options)
        if applied:
            original(blob, *arguments, **options)
        raise Killed

    return call


@contextmanager
def frozen_at(write: int) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Freeze the first thread that makes a certain write, just before the write.

    Yields
    ------
    tuple of threading.Event
        Set by the thread when it is frozen; to be set to let it go on.
    """
    frozen, thawed = threading.Event(), threading.Event()
    counts: Counter[int] = Counter()

    def freeze(_: str) -> None:
        me = threading.get_ident()
        counts[me] += 1
        if counts[me] - 1 == write and not frozen.is_set():
            frozen.set()
            thawed.wait()

    with pytest.MonkeyPatch.context() as patch:
        for name in _WRITES:
            patch.setattr(BlobClient, name, _calling_before(name, freeze))
        yield frozen, thawed


def _calling_before(name: str, act: Callable[[str], None]) -> Callable[..., Any]:
    original = getattr(BlobClient, name)

    def call(blob: BlobClient, *arguments: Any, **options: Any) -> Any:
        act(str(blob.blob_name))
        return original(blob, *arguments, **options)

    return call
