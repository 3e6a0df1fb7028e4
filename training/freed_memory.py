"""Memory that is freed, and kept by the allocators until they are asked for it."""

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

_LARGE_BYTES = 8 * 1024 * 1024
# The most that glibc accepts.
_REUSED_BYTES = 32 * 1024 * 1024
_KEPT_BYTES = 64 * 1024 * 1024
# From glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8


def give_back() -> None:
    """Give freed memory back to the system.

    Notes
    -----
    Large tables come and go from step to step. What freed ones leave lies between pieces that are
    still in use, where glibc keeps it: without this, each step would need room of its own.
    """
    pa.default_memory_pool().release_unused()
    # Elsewhere large pieces are given back when they are freed.
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


def keep_little_memory() -> None:
    """Have the allocator keep little of what is freed, as long as this process lives.

    Notes
    -----
    glibc gives large pieces back at first, but not any more those of a size that it has seen freed,
    up to 32 MiB: in that range are the columns of some millions of loans, of which each step and
    each tree makes new ones. And it gives each thread an arena of its own, where what is freed
    waits for this thread to ask for it.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


@contextmanager
def reuse_memory() -> Iterator[None]:
    """Have the allocator keep pieces of up to 32 MiB meanwhile, and give them back at the end.

    Notes
    -----
    For what makes columns of one size again and again: the system takes as long to provide memory
    as it takes to fill it. In the end little is kept, as after `keep_little_memory`.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _REUSED_BYTES)
    try:
        yield
    finally:
        keep_little_memory()
        give_back()
