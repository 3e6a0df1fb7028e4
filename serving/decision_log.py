"""Each prediction that is answered, on record: who was decided about, by what, and how."""

import atexit
import concurrent.futures.thread  # noqa: F401 -- registers its own exit code first
import logging
import signal
import threading
from collections.abc import Callable, Sequence
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

from msgspec import Struct

from serving.answer_lines import AnswerLines
from serving.dispatch import Answer, Request, encode, log_answer
from serving.user_decision import UserDecision
from shared.errors import SettingError
from shared.settings import read_decision_flush_seconds
from shared.telemetry import trace_id

if TYPE_CHECKING:
    from serving.decision_log_table import DecisionWriter

# A stop of the app must not take longer than 5 s.
_STOP_SECONDS = 4.0
# Application Insights cuts a line at 32,768 characters.
_DECISIONS_PER_LINE = 300

logger = logging.getLogger(__name__)
_LINES = AnswerLines(logger)


class _Line(Struct, frozen=True, omit_defaults=True, gc=False):
    request: str
    version: str
    decisions: Sequence[UserDecision]
    method: str
    function: str
    status: int
    trace: str = ""


class DecisionLog:
    """Logs every decision, and hands it to the table where the settings ask for that.

    Parameters
    ----------
    flush_seconds : callable
        Called once: how often to write to the table; None for no table.
    open_writer : callable, optional
        Makes the writer of the table; by default, of the account's.

    Notes
    -----
    The line is written by the thread that answers, because the platform drops the lines of other
    threads.
    """

    def __init__(
        self,
        flush_seconds: Callable[[], float | None] = read_decision_flush_seconds,
        open_writer: "Callable[[float], DecisionWriter] | None" = None,
    ) -> None:
        self._read_flush_seconds = flush_seconds
        self._open_writer = open_writer or _open_writer
        self._lock = threading.Lock()
        self._writer: DecisionWriter | None = None
        self._is_open = False
        self._stops_with_app = False

    def record(
        self, version: str, decisions: Sequence[UserDecision], request: Request, answer: Answer
    ) -> None:
        """Record the decisions of one answer, whose lines they are.

        Parameters
        ----------
        version : str
            The release that decided.
        decisions : sequence of UserDecision
            One for each user of the answer.
        request, answer : Request, Answer
            What was asked, and the complete answer.
        """
        if not decisions:
            log_answer(request, answer)
            return
        for start in range(0, len(decisions), _DECISIONS_PER_LINE):
            some = decisions[start : start + _DECISIONS_PER_LINE]
            _LINES.write_document("decision", _describe(version, some, request, answer.status))
        if not self._is_open:
            self._open()
        if self._writer is not None:
            self._offer(self._writer, request.id, version, decisions)

    def _offer(
        self,
        writer: "DecisionWriter",
        request: str,
        version: str,
        decisions: Sequence[UserDecision],
    ) -> None:
        if not self._stops_with_app and threading.current_thread() is threading.main_thread():
            self._stops_with_app = True
            _drain_on_termination(writer)
        dropped = writer.offer(request, version, decisions)
        if dropped:
            logger.error("%d decisions are in the log only: their table does not keep up.", dropped)

    def _open(self) -> None:
        with self._lock:
            if self._is_open:
                return
            try:
                seconds = self._read_flush_seconds()
                if seconds is not None:
                    self._writer = self._open_writer(seconds)
                    _close_at_exit(self._writer)
            except SettingError as error:
                # Decisions stay in the log: predictions go on.
                logger.error("Decisions are not written to a table: %s", error)  # noqa: TRY400 -- expected
            self._is_open = True


def _describe(
    version: str, decisions: Sequence[UserDecision], request: Request, status: int
) -> bytes:
    line = _Line(request.id, version, decisions, request.method, request.name, status, trace_id())
    return encode(line)


def _open_writer(flush_seconds: float) -> "DecisionWriter":
    from serving.decision_log_table import open_decisions  # noqa: PLC0415 -- few need it

    return open_decisions(flush_seconds)


def _close_at_exit(writer: "DecisionWriter") -> None:
    close = partial(writer.close, _STOP_SECONDS)
    atexit.register(close)
    # The client of tables needs thread pools, which are closed by the time of atexit: what is
    # registered with threading after them is called before them.
    register: Callable[[Callable[[], None]], None] = vars(threading)["_register_atexit"]
    register(close)


def _drain_on_termination(writer: "DecisionWriter") -> None:
    """Write what is left when the process is told to end, which by default runs no exit code."""
    previous = signal.getsignal(signal.SIGTERM)

    def drain(number: int, frame: FrameType | None) -> None:
        writer.drain(_STOP_SECONDS)
        if callable(previous):
            previous(number, frame)
        elif previous == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.raise_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, drain)
