"""The folder of a run in temporary storage; those of dead runs are removed."""

import fcntl
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PREFIX = "credit-risk-run-"
_LOCK = ".lock"
_GATE = "credit-risk-runs.lock"

# Measured: a release takes 0.42 bytes for each byte of its raw file of 5,000 users, beside that
# file, and at most some megabytes more. tests/training/test_run_room.py measures whole runs.
_BYTES_PER_RAW_BYTE = 2
_CONSTANT_BYTES = 16 * 1024 * 1024

logger = logging.getLogger(__name__)


@contextmanager
def run_folder(parent: Path | None = None) -> Iterator[Path]:
    """Give a run a folder of its own, removed in the end, and remove those of dead runs.

    Parameters
    ----------
    parent : Path, optional
        Where the folders of all runs are; by default, the system's temporary storage.

    Notes
    -----
    A run holds a lock on a file in its folder, which the system releases however the run ends.
    """
    place = parent or Path(tempfile.gettempdir())
    with _gate(place):
        remove_dead_folders(place)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
        lock = (folder / _LOCK).open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()


def remove_dead_folders(place: Path) -> None:
    """Remove the folders whose runs no longer live."""
    for folder in place.glob(f"{PREFIX}*"):
        if not _is_alive(folder):
            logger.warning("A run ended without removing its folder %s: it is removed.", folder)
            shutil.rmtree(folder, ignore_errors=True)


def require_room(folder: Path, raw_bytes: int) -> None:
    """Require the temporary storage that a run on a file takes.

    Parameters
    ----------
    folder : Path
        The folder of the run.
    raw_bytes : int
        The size of the file.

    Raises
    ------
    OSError
        When there is less.
    """
    needed = room_for(raw_bytes)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(
            f"Expected {needed:,} bytes of free temporary storage for a file of {raw_bytes:,}"
            f" bytes, found {free:,} in {folder.parent}: give the instance more, or remove what"
            " else is there."
        )


def room_for(raw_bytes: int) -> int:
    """Return how many bytes of temporary storage a run on a file takes at most."""
    return raw_bytes * _BYTES_PER_RAW_BYTE + _CONSTANT_BYTES


@contextmanager
def _gate(place: Path) -> Iterator[None]:
    """Let one process at a time make or remove folders: a new one has no lock at first."""
    with (place / _GATE).open("wb") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _is_alive(folder: Path) -> bool:
    try:
        with (folder / _LOCK).open("rb") as lock:
            return not _can_lock(lock)
    except FileNotFoundError:
        return False


def _can_lock(lock: BinaryIO) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
