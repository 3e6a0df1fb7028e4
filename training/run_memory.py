"""Whether a run can fit into the memory of this instance: one that cannot is killed each time."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

from shared.errors import RejectedFileError

MIB = 1024 * 1024

# The line through the two runs that `python -m tools.limits` measures (docs/azure/limits.md).
_CONSTANT_BYTES = 235 * MIB
_BYTES_PER_RAW_BYTE = 1.0
# Longer lines take less memory for each byte, and so do larger files: what could fit passes.
# What is let through and does not fit ends as abandoned.
_MARGIN = 1.5


def require_memory(raw_bytes: int, root: Path = Path("/")) -> None:
    """Require the memory that a run on a file takes at least.

    Parameters
    ----------
    raw_bytes : int
        The size of the file.
    root : Path
        Where the system tells its limits.

    Raises
    ------
    RejectedFileError
        When no instance of this size has it. An unknown limit is no limit.
    """
    limit = read_memory_limit(root)
    if limit is not None and memory_for(raw_bytes) / _MARGIN > limit:
        raise RejectedFileError(
            [
                f"Expected a file whose run fits into the memory of this instance,"
                f" {limit // MIB:,} MiB; a file of {raw_bytes:,} bytes takes about"
                f" {memory_for(raw_bytes) // MIB:,} MiB: train on a plan with more, or drop fewer"
                " loans."
            ]
        )


def memory_for(raw_bytes: int) -> int:
    """Return how many bytes of memory a run on a file takes, as measured on generated files."""
    return int(raw_bytes * _BYTES_PER_RAW_BYTE) + _CONSTANT_BYTES


def read_memory_limit(root: Path = Path("/")) -> int | None:
    """Read how many bytes the processes of this instance may take, swapped ones included.

    Returns
    -------
    int or None
        The least of the machine's memory and the limits of the control groups (v1 and v2); None
        where the system does not tell.
    """
    machine = _read_machine(root / "proc/meminfo")
    if machine is None:
        return None
    memory, swap = machine
    return min([memory, *_read_groups(root)]) + swap


def _read_machine(meminfo: Path) -> tuple[int, int] | None:
    try:
        lines = meminfo.read_text(encoding="ascii").splitlines()
        kib = {
            name: int(rest.split()[0]) for name, _, rest in (one.partition(":") for one in lines)
        }
        return kib["MemTotal"] * 1024, kib["SwapTotal"] * 1024
    except (OSError, ValueError, IndexError, KeyError):
        return None


def _read_groups(root: Path) -> Iterator[int]:
    """Yield the limit of each control group that this process is in, and of those around it."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    mounted = root / "sys/fs/cgroup"
    for line in lines:
        controllers, _, group = line.partition(":")[2].partition(":")
        if controllers == "":
            yield from _read_limits(mounted, group, "memory.max")
        elif "memory" in controllers.split(","):
            yield from _read_limits(mounted / "memory", group, "memory.limit_in_bytes")


def _read_limits(mounted: Path, group: str, file: str) -> Iterator[int]:
    # In a container the group may be named as the machine sees it: what is not there is skipped.
    inner = PurePosixPath(group.lstrip("/"))
    for place in (inner, *inner.parents):
        # "max" is none, and so is what v1 says instead: more than any machine has.
        with suppress(OSError, ValueError):
            yield int((mounted / place / file).read_text(encoding="ascii"))
