"""Log lines that the host would drop, because no invocation has written them.

The host keeps a line only with the id of an invocation. The worker knows it in the task or the
thread that runs a function, and nowhere else.
"""

import asyncio
import logging
import sys
import threading
from contextvars import ContextVar
from copy import copy
from typing import override

_OWN = ("serving", "shared", "training")
_MOST_LINES = 50
# Not imported: wherever the app runs as functions, the worker has imported it.
_WORKER = "azure_functions_runtime"
_MAIN_THREAD = threading.main_thread().ident


def attribute_lines(invocation: str) -> None:
    """Attribute to an invocation the lines of the threads that copy this context.

    The worker's library sets its variable for functions in threads only.
    """
    variable = _invocation_variable()
    if variable is not None:
        variable.set(invocation)


class LostLines(logging.Handler):
    """Keeps the lines of threads without an invocation, each once, until the next one tells them.

    Parameters
    ----------
    most : int
        How many lines are kept; the oldest go first.
    """

    def __init__(self, most: int = _MOST_LINES) -> None:
        super().__init__()
        self._most = most
        self._kept: dict[tuple[str, str], logging.LogRecord] = {}

    @override
    def handle(self, record: logging.LogRecord) -> bool:
        """Leave a line alone that an invocation has written, before there is a lock to take."""
        if threading.get_ident() == _MAIN_THREAD or _is_attributed():
            return False
        return super().handle(record)

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        try:
            line = (record.name, record.getMessage())
            self._kept.pop(line, None)
            self._kept[line] = _detach(record)
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
        except Exception:  # noqa: BLE001 -- as every handler: a line must not end its thread
            self.handleError(record)

    def tell(self) -> None:
        """Write the lines that were kept, on behalf of the invocation that calls this."""
        if not self._kept:
            return
        self.acquire()
        try:
            told, self._kept = list(self._kept.values()), {}
        finally:
            self.release()
        for record in told:
            logging.getLogger(record.name).handle(record)


LOST_LINES = LostLines()
"""The lines of this process."""


def keep_lost_lines() -> None:
    """Keep the app's lines that have no invocation, for `LOST_LINES.tell`."""
    for name in _OWN:
        logging.getLogger(name).addHandler(LOST_LINES)


def _is_attributed() -> bool:
    variable = _invocation_variable()
    if variable is None or variable.get() is not None:
        return True
    try:
        return asyncio.current_task() is not None
    except RuntimeError:
        return False


def _invocation_variable() -> ContextVar[str | None] | None:
    return getattr(sys.modules.get(_WORKER), "invocation_id_cv", None)


def _detach(record: logging.LogRecord) -> logging.LogRecord:
    """Keep the text alone: arguments and tracebacks would keep what they refer to."""
    text = logging.Formatter().formatException(record.exc_info) if record.exc_info else None
    detached = copy(record)
    detached.msg, detached.args = record.getMessage(), None
    detached.exc_info, detached.exc_text = None, text
    return detached
