"""Wait for what another thread or process does."""

import time
from collections.abc import Callable

TIMEOUT_SECONDS = 60.0


def wait_until(
    holds: Callable[[], object],
    what: str = "the condition holds",
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> None:
    """Wait until a condition holds; the timeout is long, so that only a defect reaches it."""
    deadline = time.monotonic() + timeout_seconds
    while not holds():
        assert time.monotonic() < deadline, f"timed out waiting until {what}"
        time.sleep(0.02)
