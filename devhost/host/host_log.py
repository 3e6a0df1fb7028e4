"""The host's log on the terminal, in the manner of `func`."""

import logging
import sys
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import override

from azure_functions_runtime import invocation_id_cv

from devhost.errors import InvocationError

logger = logging.getLogger("devhost")

# These tell of every request of their own at INFO.
_CHATTERING = ("azure", "uvicorn", "urllib3")

# What no line tells, and every line would pay for finding out (the logging HOWTO, "Optimization").
_NEVER_TOLD = ("_srcfile", "logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks")


class _HostFormatter(logging.Formatter):
    @override
    def format(self, record: logging.LogRecord) -> str:
        moment = f"{_write_second(int(record.created))}.{int(record.msecs):03}"
        # Told by the library for the thread or the task that runs a function.
        invocation = invocation_id_cv.get()
        own = f" [{invocation[:8]}]" if invocation else ""
        level = f" {record.levelname}:" if record.levelno >= logging.WARNING else ""
        return f"[{moment}Z]{own}{level} {super().format(record)}"


# Under load a thousand lines share a second.
@lru_cache(maxsize=1)
def _write_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def configure_logging() -> None:
    """Send all log lines from INFO on to standard output, except the SDKs' chatter."""
    for fact in _NEVER_TOLD:
        setattr(logging, fact, None)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_HostFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _CHATTERING:
        logging.getLogger(name).setLevel(logging.WARNING)


def log_start(function: str, reason: str, invocation: str) -> None:
    """Tell that an invocation starts, and why."""
    logger.info("Executing 'Functions.%s' (Reason='%s', Id=%s)", function, reason, invocation)


def log_end(
    function: str, invocation: str, started: float, error: InvocationError | None = None
) -> None:
    """Tell how an invocation ended.

    Parameters
    ----------
    function, invocation : str
        The function's name and the invocation's id.
    started : float
        When, by `time.perf_counter`.
    error : InvocationError or None
        What it failed with, None when it succeeded.
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
