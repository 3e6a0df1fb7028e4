"""The host's log on the terminal, in the style of `func`."""

import asyncio
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import TextIO, override

from azure_functions_runtime import invocation_id_cv

from devhost.errors import InvocationError

logger = logging.getLogger("devhost")

# The worker attributes the lines of a function's task, and of the tasks that it starts.
task_invocation: ContextVar[str | None] = ContextVar("task_invocation", default=None)

# The host writes these itself; in the app's process they are the worker's own.
_HOST_LOGGERS = ("devhost", "uvicorn", "asyncio")

# These log each of their own requests at INFO.
_VERBOSE_LOGGERS = ("azure", "uvicorn", "urllib3")

# Unused by the format, yet collected for every line unless None (logging HOWTO, "Optimization").
_UNUSED_FACTS = ("_srcfile", "logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks")


class _HostHandler(logging.StreamHandler[TextIO]):
    """Writes each line with its invocation; drops those of the app that have none, as the host."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        invocation = find_invocation()
        if invocation is None and record.name.partition(".")[0] not in _HOST_LOGGERS:
            return
        try:
            moment = f"{_format_second(int(record.created))}.{int(record.msecs):03}"
            own = f" [{invocation[:8]}]" if invocation else ""
            level = f" {record.levelname}:" if record.levelno >= logging.WARNING else ""
            has_more = record.exc_info or record.exc_text or record.stack_info
            text = self.format(record) if has_more else record.getMessage()
            self.stream.write(f"[{moment}Z]{own}{level} {text}\n")
            self.stream.flush()
        except Exception:  # noqa: BLE001 -- as every handler: a line must not end its thread
            self.handleError(record)


def find_invocation() -> str | None:
    """Find the invocation that a line belongs to, as the worker does.

    In a task it is the task's; in a thread, the worker library's variable.
    """
    try:
        in_task = asyncio.current_task() is not None
    except RuntimeError:
        in_task = False
    invocation = task_invocation.get() if in_task else None
    return invocation or invocation_id_cv.get()


# Under load a thousand lines share a second.
@lru_cache(maxsize=1)
def _format_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def configure_logging() -> None:
    """Log to standard output from INFO on, and the SDKs' own loggers from WARNING on."""
    for fact in _UNUSED_FACTS:
        setattr(logging, fact, None)
    handler = _HostHandler(sys.stdout)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _VERBOSE_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_start(function: str, reason: str, invocation: str) -> None:
    """Log the start of an invocation and its reason."""
    logger.info("Executing 'Functions.%s' (Reason='%s', Id=%s)", function, reason, invocation)


def log_end(
    function: str, invocation: str, started: float, error: InvocationError | None = None
) -> None:
    """Log the end of an invocation and its outcome.

    Parameters
    ----------
    function, invocation : str
        The function's name and the invocation's id.
    started : float
        Its start, by `time.perf_counter`.
    error : InvocationError or None
        Why it failed, None if it succeeded.
    """
    milliseconds = (time.perf_counter() - started) * 1000
    outcome = "Failed" if error else "Succeeded"
    logger.log(
        logging.ERROR if error else logging.INFO,
        "Executed 'Functions.%s' (%s, Id=%s, Duration=%.0fms)",
        function,
        outcome,
        invocation,
        milliseconds,
    )
    if error:
        logger.error("%s\n%s", error, error.stack_trace.rstrip())


@contextmanager
def invocation_logged(function: str, reason: str, invocation: str) -> Iterator[None]:
    """Log the start and the outcome of an invocation, whose error passes on."""
    started = time.perf_counter()
    log_start(function, reason, invocation)
    try:
        yield
    except InvocationError as error:
        log_end(function, invocation, started, error)
        raise
    log_end(function, invocation, started)
