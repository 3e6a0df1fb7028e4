"""Waiting for another thread or process."""

import threading
from collections.abc import Callable
from time import monotonic

PATIENCE_SECONDS = 60.0


def wait_until(
    holds: Callable[[], object],
    what: str = "the condition holds",
    seconds: float = PATIENCE_SECONDS,
) -> None:
    """Wait for a condition, up to a deadline that only a defect reaches."""
    pause = threading.Event()
    deadline = monotonic() + seconds
    while not holds():
        assert monotonic() < deadline, f"timed out waiting until {what}"
        pause.wait(0.02)
