"""Kill a run at a write to storage, as a signal would: nothing on its way can catch it."""

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
