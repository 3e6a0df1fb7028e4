"""Wait for what another thread or process does."""

import time
from collections.abc import Callable

TIMEOUT_SECONDS = 60.0

# Most conditions ask storage or an app: to ask all the time takes from what is waited for.
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.2


def wait_until(
    holds: Callable[[], object],
    what: str = "the condition holds",
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> None:
    """Wait until a condition holds; the timeout is long, so that only a defect reaches it."""
    deadline = time.monotonic() + timeout_seconds
    pause = _FIRST_PAUSE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"timed out waiting until {what}"
        time.sleep(pause)
        pause = min(pause * 1.2, _LONGEST_PAUSE_SECONDS)
