"""The host's log on the terminal, in the style of `func`."""

import asyncio
import logging
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO, override

from azure_functions_runtime import invocation_id_cv

from devhost.errors import InvocationError


class _HostLogger(logging.Logger):
    """The logger of a host: an app, in Azure in another process, has no say in its records."""

    @override
    def makeRecord(
        self,
        name: str,
        level: int,
        fn: str,
        lno: int,
        msg: object,
        args: Any,
        exc_info: Any,
        func: str | None = None,
        extra: Mapping[str, object] | None = None,
        sinfo: str | None = None,
    ) -> logging.LogRecord:
        return logging.LogRecord(name, level, fn, lno, msg, args, exc_info, func, sinfo)


_usual_class = logging.getLoggerClass()
logging.setLoggerClass(_HostLogger)
logger = logging.getLogger("devhost")
logging.setLoggerClass(_usual_class)

# The worker attributes the lines of a function's task, and of the tasks that it starts.
task_invocation: ContextVar[str | None] = ContextVar("task_invocation", default=None)

# The host writes these itself; in the app's process they are the worker's own.
_HOST_LOGGERS = ("devhost", "uvicorn", "asyncio")

# These log each of their own requests at INFO.
_VERBOSE_LOGGERS = ("azure", "uvicorn", "urllib3")

# Unused by the format, yet collected for every line unless None (logging HOWTO, "Optimization").
_UNUSED_FACTS = ("_srcfile", "logThreads", "logProcesses", "logMultiprocessing", "logAsyncioTasks")


class HostHandler(logging.StreamHandler[TextIO]):
    """Writes each line with its invocation; drops those of the app that have none, as the host."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._descriptor = _find_descriptor(stream)
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self._errors = getattr(stream, "errors", None) or "strict"
        self._second = self._thousandth = -1
        self._to_second = self._moment = ""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, unless the host would drop it."""
        invocation = find_invocation()
        if invocation is None and record.name.partition(".")[0] not in _HOST_LOGGERS:
            return
        try:
            if record.exc_info or record.exc_text or record.stack_info:
                text = self.format(record)
            else:
                text = record.getMessage()
            if record.levelno >= logging.WARNING:
                text = f"{record.levelname}: {text}"
            second, thousandth = int(record.created), int(record.msecs)
            if thousandth != self._thousandth or second != self._second:
                self._format_moment(second, thousandth)
            own = f"[{invocation[:8]}] " if invocation else ""
            self._write(f"{self._moment} {own}{text}\n")
        except Exception:  # noqa: BLE001 -- as every handler: a line must not end its thread
            self.handleError(record)

    def _format_moment(self, second: int, thousandth: int) -> None:
        # Under load a thousand lines share a second, and a dozen of them a thousandth.
        if second != self._second:
            self._second = second
            self._to_second = f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}"
        self._thousandth = thousandth
        self._moment = f"[{self._to_second}.{thousandth:03}Z]"

    def _write(self, line: str) -> None:
        stream = self.stream
        if self._descriptor is None:
            stream.write(line)
            stream.flush()
            return
        data = line.encode(self._encoding, self._errors)
        try:
            # What a function has printed comes first. Past the stream, a line costs less.
            stream.flush()
            written = os.write(self._descriptor, data)
        except BlockingIOError:
            written = 0
        if written < len(data):
            # The stream keeps what a pipe that does not wait has no room for.
            stream.buffer.write(data[written:])
            stream.flush()


def _find_descriptor(stream: TextIO) -> int | None:
    """Find where a stream writes; None where it is no file, or changes line ends."""
    try:
        return stream.fileno() if os.linesep == "\n" else None
    except (AttributeError, OSError):
        return None


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


def configure_logging() -> None:
    """Log to standard output from INFO on, and the SDKs' own loggers from WARNING on."""
    for fact in _UNUSED_FACTS:
        setattr(logging, fact, None)
    handler = HostHandler(sys.stdout)
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
