"""Freed memory goes back to the system."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.paths import ROOT
from training.freed_memory import give_back, keep_little_memory, reuse_memory

_COUNT_ARENAS = """
import ctypes, sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import numpy as np
from training.freed_memory import keep_little_memory

libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
stream = ctypes.c_void_p(libc.fdopen(1, b"w"))
together = Barrier(4)

def tell_arenas():
    libc.malloc_info(0, stream)
    libc.fflush(stream)

def allocate(_):
    together.wait()
    return np.ones(10_000)

keep_little_memory()
tell_arenas()
with ThreadPoolExecutor(4) as threads:
    kept = list(threads.map(allocate, range(4)))
tell_arenas()
"""
_PIECE_BYTES = 64 * 1024
_N_PIECES = 3_000
_LARGE_PIECE_BYTES = 10 * 1024 * 1024
_SEEN_BYTES = 30 * 1024 * 1024


def read_memory_mb() -> float:
    (line,) = (
        line for line in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in line
    )
    return int(line.split()[1]) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the allocator does so by itself")
def test_what_is_freed_between_pieces_in_use_is_given_back() -> None:
    pieces = [np.ones(_PIECE_BYTES // 8) for _ in range(_N_PIECES)]
    in_use = pieces[::50]
    del pieces
    before = read_memory_mb()

    give_back()

    assert before - read_memory_mb() > 100
    assert sum(piece.sum() for piece in in_use) == len(in_use) * _PIECE_BYTES // 8


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the allocator does so by itself")
def test_large_pieces_are_given_back_at_once_whatever_was_freed_before() -> None:
    np.ones(_SEEN_BYTES // 8)
    keep_little_memory()
    pieces = [np.ones(_LARGE_PIECE_BYTES // 8) for _ in range(20)]
    in_use = pieces[::2]
    before = read_memory_mb()

    del pieces

    assert before - read_memory_mb() > 80
    assert len(in_use) == 10


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the allocator decides by itself")
def test_large_pieces_are_kept_for_the_next_while_memory_is_reused_and_given_back_then() -> None:
    keep_little_memory()
    give_back()
    before = read_memory_mb()

    with reuse_memory():
        np.ones(_SEEN_BYTES // 8)
        kept = read_memory_mb() - before
    left = read_memory_mb() - before

    assert kept > 25
    assert left < 5
    np.ones(_SEEN_BYTES // 8)
    assert read_memory_mb() - before < 5


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the allocator has no arenas")
def test_threads_share_what_is_freed() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _COUNT_ARENAS], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    before, after, rest = told.split("</malloc>")
    assert not rest.strip()
    assert after.count("<heap nr=") == before.count("<heap nr=")
