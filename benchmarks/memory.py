"""Memory of processes, in MB of 10^6 bytes."""

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_BYTES_PER_KIB = 1024
# Peaks last a tenth of a second; more looks would take time from what is measured on both cores.
_SECONDS_BETWEEN_LOOKS = 0.05


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
        What processes hold for themselves is added up. The files that they map, mostly the same
        libraries, count as much as in the process that maps most.
    """

    mb: float = 0.0


@contextmanager
def watch_peak(pid: int) -> Iterator[Peak]:
    """Look twenty times a second at the memory of a process and all that it started."""
    peak, ended = Peak(), threading.Event()

    def look() -> None:
        known: set[int] = set()
        while not ended.wait(_SECONDS_BETWEEN_LOOKS):
            # A process that starts another has all it holds counted twice for a moment.
            found = set(_list_tree(pid))
            peak.mb = max(peak.mb, _add_up(found & known))
            known = found

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


def _add_up(pids: Iterable[int]) -> float:
    own, mapped = 0.0, 0.0
    for pid in pids:
        # It may have ended since it was listed.
        with suppress(OSError, RuntimeError):
            files = _read_status(pid, "RssFile")
            own += read_memory_mb(pid) - files
            mapped = max(mapped, files)
    return own + mapped


def _read_status(pid: object, entry: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{entry}:\s+(\d+) kB$", status, re.MULTILINE)
    if not found:
        raise RuntimeError(f"Expected {entry} in the status of process {pid}.")
    return kib_to_mb(int(found[1]))
