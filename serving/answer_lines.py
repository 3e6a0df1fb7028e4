"""The line that every answer leaves in the log."""

import logging
import time

from shared.log_lines import LogLine

# What a line of an answer does not tell; None is how the library marks that.
_UNTOLD = ("thread", "threadName", "process", "processName", "taskName")


class AnswerLines:
    """Write lines at level INFO, each for a third of what the library's own methods cost.

    Parameters
    ----------
    logger : Logger
        Whose lines they are.

    Notes
    -----
    The library walks the stack and takes paths apart for every record. These all come from one
    place, so what they share is found out once.
    """

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        first = LogLine(logger.name, logging.INFO, __file__, 0, "", (), None)
        self._shared = {**vars(first), **dict.fromkeys(_UNTOLD)}
        self._started = first.created - first.relativeCreated / 1000

    def write(self, text: str) -> None:
        """Write a line."""
        if not self._logger.isEnabledFor(logging.INFO):
            return
        record = LogLine.__new__(LogLine)
        now = time.time()
        record.__dict__.update(self._shared)
        record.msg = text
        record.created = now
        record.msecs = now % 1 * 1000
        record.relativeCreated = (now - self._started) * 1000
        self._logger.handle(record)
