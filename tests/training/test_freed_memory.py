"""Freed memory goes back to the system."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
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
_ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is the system's")
_PIECE_BYTES = 64 * 1024
_N_PIECES = 3_000
_LARGE_PIECE_BYTES = 10 * 1024 * 1024
_SEEN_BYTES = 30 * 1024 * 1024


def read_memory_mb() -> float:
    (line,) = (
        line for line in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in line
    )
    return int(line.split()[1]) / 1024


def measure_alone(measure: Callable[[], tuple[float, ...]]) -> tuple[float, ...]:
    """Measure in a new process: what other tests left free would be taken first."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        return alone.submit(measure).result()


def free_between_pieces_in_use() -> tuple[float, ...]:
    pieces = [np.ones(_PIECE_BYTES // 8) for _ in range(_N_PIECES)]
    in_use = pieces[::50]
    del pieces
    before = read_memory_mb()
    give_back()
    given_back = before - read_memory_mb()
    return given_back, sum(piece.sum() for piece in in_use)


def free_large_pieces() -> tuple[float, ...]:
    np.ones(_SEEN_BYTES // 8)
    keep_little_memory()
    pieces = [np.ones(_LARGE_PIECE_BYTES // 8) for _ in range(20)]
    in_use = pieces[::2]
    before = read_memory_mb()
    del pieces
    return before - read_memory_mb(), len(in_use)


def free_while_memory_is_reused() -> tuple[float, ...]:
    keep_little_memory()
    give_back()
    before = read_memory_mb()
    with reuse_memory():
        np.ones(_SEEN_BYTES // 8)
        kept = read_memory_mb() - before
    left = read_memory_mb() - before
    np.ones(_SEEN_BYTES // 8)
    return kept, left, read_memory_mb() - before


@_ON_LINUX
def test_what_is_freed_between_pieces_in_use_is_given_back() -> None:
    given_back, total = measure_alone(free_between_pieces_in_use)

    assert given_back > 100
    assert total == _N_PIECES // 50 * _PIECE_BYTES // 8


@_ON_LINUX
def test_large_pieces_are_given_back_at_once_whatever_was_freed_before() -> None:
    given_back, in_use = measure_alone(free_large_pieces)

    assert given_back > 80
    assert in_use == 10


@_ON_LINUX
def test_large_pieces_are_kept_for_the_next_while_memory_is_reused_and_given_back_then() -> None:
    kept, left, later = measure_alone(free_while_memory_is_reused)

    assert kept > 25
    assert left < 5
    assert later < 5


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the allocator has no arenas")
def test_threads_share_what_is_freed() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _COUNT_ARENAS], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    before, after, rest = told.split("</malloc>")
    assert not rest.strip()
    assert after.count("<heap nr=") == before.count("<heap nr=")
