"""Pauses between the attempts at an upload: the platform itself makes none."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from shared.errors import SettingError
from shared.setting_values import DEFAULT_RETRY_PAUSES
from shared.settings import read_retry_pauses

# The platform ends an invocation after `functionTimeout`, 30 minutes in host.json, and the process
# with it: a pause after a long attempt must not reach that.
_MOST_SECONDS = 28 * 60.0

logger = logging.getLogger(__name__)

_stopping = threading.Event()
# At a stop, before the threads of functions are waited for: a pause must not hold it up.
_register: Callable[[Callable[[], None]], None] = vars(threading)["_register_atexit"]
_register(_stopping.set)


class RetryPauses:
    """Hold a failure back before the platform learns of it, which delivers again at once.

    Parameters
    ----------
    read_pauses : callable
        Returns the seconds after the first failure, the second and so on; after the last one, the
        platform gives up and nothing is held back.
    wait : callable
        Waits that many seconds, less when the app stops.
    clock : callable
        Returns the seconds since some moment.

    Notes
    -----
    The failures of an upload are counted by this process: while storage fails, no record of them
    can be read. Another instance begins with the shortest pause.
    """

    def __init__(
        self,
        read_pauses: Callable[[], Sequence[float]] = read_retry_pauses,
        wait: Callable[[float], object] = _stopping.wait,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read_pauses = read_pauses
        self._wait = wait
        self._clock = clock
        self._failures: dict[str, int] = {}

    @contextmanager
    def attempt(self, upload: str) -> Iterator[None]:
        """Run the block as an attempt at an upload; its error is raised after a pause."""
        began = self._clock()
        try:
            yield
        except Exception as error:
            self._hold_back(upload, error, began + _MOST_SECONDS)
            raise
        self._failures.pop(upload, None)

    def _hold_back(self, upload: str, error: Exception, until: float) -> None:
        pauses = self._read()
        failed = self._failures.pop(upload, 0)
        if failed >= len(pauses):
            return
        self._failures[upload] = failed + 1
        pause = min(pauses[failed], max(0.0, until - self._clock()))
        logger.warning(
            "%s failed (%s): it is delivered again in %g s.",
            upload,
            type(error).__name__,
            pause,
        )
        self._wait(pause)

    def _read(self) -> Sequence[float]:
        try:
            return self._read_pauses()
        except SettingError as error:
            logger.warning("%s Until then, the pauses are the default.", error)
            return DEFAULT_RETRY_PAUSES


PAUSES = RetryPauses()
"""The pauses of this process."""
