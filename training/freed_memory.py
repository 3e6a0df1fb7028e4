"""Memory that is freed, and kept by the allocators until they are asked for it."""

import ctypes
import sys

import pyarrow as pa


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
