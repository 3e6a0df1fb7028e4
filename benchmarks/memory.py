"""Memory of processes, in MB of 10^6 bytes."""

import re
from pathlib import Path

_BYTES_PER_KIB = 1024


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


def _read_status(pid: object, entry: str) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{entry}:\s+(\d+) kB$", status, re.MULTILINE)
    if not found:
        raise RuntimeError(f"Expected {entry} in the status of process {pid}.")
    return kib_to_mb(int(found[1]))
