"""Memory of processes, in MB of 10^6 bytes."""

import resource
from pathlib import Path

_BYTES_PER_KIB = 1024


def kib_to_mb(kib: float) -> float:
    """Turn the system's unit into MB of 10^6 bytes."""
    return kib * _BYTES_PER_KIB / 1e6


def own_peak_mb() -> float:
    """Read the peak memory of this process."""
    return kib_to_mb(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def read_memory_mb(pid: int) -> float:
    """Read the resident memory of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return kib_to_mb(int(line.split()[1]))
    raise RuntimeError(f"Expected VmRSS in the status of process {pid}.")
