"""Memory of processes, in MB of 10^6 bytes."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_BYTES_PER_KIB = 1024
_SECONDS_BETWEEN_LOOKS = 0.01


def kib_to_mb(kib: float) -> float:
    """Turn the system's unit into MB of 10^6 bytes."""
    return kib * _BYTES_PER_KIB / 1e6


def own_peak_mb() -> float:
    """Read the peak memory of this process.

    Notes
    -----
    Not that of `getrusage`, which is at least as high as the peak of the process that started it.
    """
    return _read_status("self", "VmHWM")


def read_memory_mb(pid: int) -> float:
    """Read the resident memory of a process."""
    return _read_status(pid, "VmRSS")


@dataclass
class Peak:
    """The most memory that was found so far.

    Attributes
    ----------
    mb : float
        What several processes share counts for each of them.
    """

    mb: float = 0.0


@contextmanager
def watch_peak(pid: int) -> Iterator[Peak]:
    """Look a hundred times a second at the memory of a process and all that it started."""
    peak, ended = Peak(), threading.Event()

    def look() -> None:
        while not ended.wait(_SECONDS_BETWEEN_LOOKS):
            peak.mb = max(peak.mb, sum(map(_resident_mb, _list_tree(pid))))

    looks = threading.Thread(target=look, daemon=True)
    looks.start()
    try:
        yield peak
    finally:
        ended.set()
        looks.join()


def _list_tree(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in path.read_text().split():
                yield from _list_tree(int(child))


def _resident_mb(pid: int) -> float:
    # It may have ended since it was listed.
    with suppress(OSError, RuntimeError):
        return read_memory_mb(pid)
    return 0.0


def _read_status(pid: object, entry: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{entry}:\s+(\d+) kB$", status, re.MULTILINE)
    if not found:
        raise RuntimeError(f"Expected {entry} in the status of process {pid}.")
    return kib_to_mb(int(found[1]))
