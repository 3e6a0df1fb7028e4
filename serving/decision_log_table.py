"""Decisions in their table, written by a thread that no answer waits for."""

import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from azure.core.exceptions import AzureError

from serving.user_decision import UserDecision
from shared.errors import CreditRiskError
from shared.settings import read_settings

if TYPE_CHECKING:
    from azure.data.tables import TableClient

_CAPACITY = 100_000
# The service takes no more entities in one transaction.
_BATCH = 100
_HURRY_SECONDS = 0.05
_POLL_SECONDS = 0.01

logger = logging.getLogger(__name__)


class _Row(NamedTuple):
    decided: UserDecision
    at_nanoseconds: int
    place: int
    request: str
    version: str


type _Pending = tuple[UserDecision, int, int, str, str]
"""The fields of a row: the thread that answers makes no more of them than a tuple."""


class DecisionWriter:
    """Writes decisions in batches, from a bounded queue.

    Parameters
    ----------
    open_table : callable
        Makes the client of the table, in the thread that writes.
    flush_seconds : float
        No decision waits longer than this to be written, while the table keeps up.
    capacity : int
        How many decisions may wait; more are dropped, and counted.

    Notes
    -----
    What is not written stays in the queue. A row has its key from the start, so writing it twice
    makes one row.
    """

    def __init__(
        self,
        open_table: "Callable[[], TableClient]",
        flush_seconds: float,
        capacity: int = _CAPACITY,
    ) -> None:
        self._open_table = open_table
        # Half for waiting, half for writing.
        self._pause_seconds = flush_seconds / 2
        self._capacity = capacity
        self._queue: deque[_Pending] = deque()
        self._unwritten: list[_Pending] = []
        self._places = count()
        self._process = uuid.uuid4().hex[:12]
        self._table: TableClient | None = None
        self._wake = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="decisions", daemon=True)
        self._thread.start()

    def offer(self, request: str, version: str, decisions: Sequence[UserDecision]) -> int:
        """Queue decisions without waiting; return how many did not fit."""
        room = max(0, self._capacity - len(self._queue))
        now, requests, versions = repeat(time.time_ns()), repeat(request), repeat(version)
        rows = zip(decisions[:room], now, self._places, requests, versions, strict=False)
        self._queue.extend(rows)
        return max(0, len(decisions) - room)

    def drain(self, timeout_seconds: float) -> None:
        """Wait until all that was queued is written, and write at once from now on."""
        self._pause_seconds = _HURRY_SECONDS
        self._wake.set()
        deadline = time.monotonic() + timeout_seconds
        while self._waiting() and time.monotonic() < deadline and self._thread.is_alive():
            time.sleep(_POLL_SECONDS)

    def close(self, timeout_seconds: float) -> None:
        """Write what is queued, and end the thread."""
        if self._closed:
            return
        self.drain(timeout_seconds)
        self._closed = True
        self._wake.set()
        if self._waiting():
            logger.error("%d decisions are in the log only.", self._waiting())

    def _waiting(self) -> int:
        return len(self._queue) + len(self._unwritten)

    def _run(self) -> None:
        while not self._closed:
            self._wake.wait(self._pause_seconds)
            self._wake.clear()
            try:
                self._flush()
            except Exception as error:
                # Whatever it is, the thread goes on: what waits is tried again.
                expected = isinstance(error, AzureError | CreditRiskError | OSError)
                logger.warning(
                    "%d decisions wait for their table: %s",
                    self._waiting(),
                    error,
                    exc_info=not expected,
                )

    def _flush(self) -> None:
        from azure.data.tables import TransactionOperation, UpdateMode  # noqa: PLC0415 -- slow

        from shared.audit.tables import create_missing  # noqa: PLC0415

        while self._take():
            table = self._table = self._table or self._open_table()
            mode = {"mode": UpdateMode.REPLACE}
            operations: list[Any] = [
                (TransactionOperation.UPSERT, self._describe(one), mode) for one in self._unwritten
            ]
            create_missing(table, lambda: table.submit_transaction(operations))  # noqa: B023 -- called at once
            self._unwritten.clear()

    def _take(self) -> bool:
        """Take the next decisions of one day: a transaction takes rows of one partition."""
        # A row is in the list before it leaves the queue: whoever waits for both misses none.
        while not self._unwritten or (
            self._queue
            and len(self._unwritten) < _BATCH
            and _day(self._queue[0]) == _day(self._unwritten[0])
        ):
            if not self._queue:
                return False
            self._unwritten.append(self._queue[0])
            self._queue.popleft()
        return True

    def _describe(self, pending: _Pending) -> dict[str, Any]:
        one = _Row(*pending)
        row = {
            "PartitionKey": f"{_day(pending)}-{self._process}",
            "RowKey": f"{one.at_nanoseconds:020}-{one.place:012}",
            "request": one.request,
            "version": one.version,
            "probability": one.decided.probability,
            "decision": one.decided.decision,
        }
        user = one.decided.user
        # Without its type, a number beyond 32 bits is refused.
        return row if user is None else row | {"user": (user, "Edm.Int64")}


def _day(pending: _Pending) -> str:
    return f"{datetime.fromtimestamp(pending[1] // 10**9, UTC):%Y%m%d}"


def open_decisions(flush_seconds: float) -> DecisionWriter:
    """Make the writer of the account's table, without asking it."""
    return DecisionWriter(_open_table, flush_seconds)


def _open_table() -> "TableClient":
    from shared.audit.tables import DECISIONS_TABLE, table_client  # noqa: PLC0415 -- slow

    return table_client(read_settings(), DECISIONS_TABLE)
