"""Blob triggers by polling: every new blob once, a failing one several times, then given up."""

import asyncio
import time
import uuid
from dataclasses import dataclass, field

from azure.core.exceptions import AzureError

from devhost.errors import InvocationError
from devhost.host.blob_store import BlobRevision, BlobStore
from devhost.host.functions import Function
from devhost.host.host_log import log_end, log_start, logger
from devhost.host.worker import Worker


@dataclass(frozen=True, slots=True)
class PollingOptions:
    """How often and how many at a time.

    Attributes
    ----------
    poll_seconds : float
        Between two looks at a container.
    retry_seconds : float
        After a first failure; after the second twice as long, and so on.
    tries : int
        How often a blob is tried in all.
    slots : asyncio.Semaphore
        Shared by all blob functions: one invocation holds one.
    """

    poll_seconds: float
    retry_seconds: float
    tries: int
    slots: asyncio.Semaphore


@dataclass(slots=True)
class BlobListener:
    """Invokes one function for every blob that its trigger means.

    Attributes
    ----------
    worker : Worker
        Runs the function.
    function : Function
        With a `blobTrigger`.
    store : BlobStore
        Where its blobs are.
    pace : PollingOptions
        How often and how many at a time.
    """

    worker: Worker
    function: Function
    store: BlobStore
    pace: PollingOptions
    _taken: set[BlobRevision] = field(default_factory=set)
    _away: bool = False

    async def watch(self) -> None:
        """Look for new blobs until cancelled."""
        async with asyncio.TaskGroup() as running:
            while True:
                for arrival in await self._find_new():
                    self._taken.add(arrival)
                    running.create_task(self._process(arrival))
                await asyncio.sleep(self.pace.poll_seconds)

    async def _find_new(self) -> list[BlobRevision]:
        try:
            arrivals = await asyncio.to_thread(self._list_new)
        except AzureError as error:
            if not self._away:
                logger.warning("The storage is away, and is asked on: %s", _first_line(error))
            self._away = True
            return []
        if self._away:
            logger.info("The storage answers again.")
        self._away = False
        return arrivals

    def _list_new(self) -> list[BlobRevision]:
        new = []
        for arrival in self.store.list_revisions():
            if arrival in self._taken:
                continue
            if self.store.has_receipt(arrival):
                self._taken.add(arrival)
            else:
                new.append(arrival)
        return new

    async def _process(self, arrival: BlobRevision) -> None:
        try:
            for attempt in range(1, self.pace.tries + 1):
                async with self.pace.slots:
                    finished = await self._try(arrival, attempt)
                if finished:
                    return
                if attempt < self.pace.tries:
                    await asyncio.sleep(self.pace.retry_seconds * attempt)
            await self._give_up(arrival)
        except AzureError as error:
            logger.warning("%s will be looked at again: %s", arrival.blob, _first_line(error))
            self._taken.discard(arrival)

    async def _try(self, arrival: BlobRevision, attempt: int) -> bool:
        details = await asyncio.to_thread(self.store.fetch, arrival)
        if details is None:
            return True
        container = self.store.path.container
        source = self.function.trigger.get("source") or "LogsAndContainerScan"
        again = f", try {attempt} of {self.pace.tries}" if attempt > 1 else ""
        reason = f"New blob detected({source}): {container}/{arrival.blob}{again}"
        invocation = str(uuid.uuid4())
        started = time.perf_counter()
        log_start(self.function.name, reason, invocation)
        try:
            await self.worker.invoke_blob(
                self.function.name, container, arrival.blob, details, invocation
            )
        except InvocationError as error:
            log_end(self.function.name, invocation, started, error)
            return False
        log_end(self.function.name, invocation, started)
        await asyncio.to_thread(self.store.write_receipt, arrival)
        return True

    async def _give_up(self, arrival: BlobRevision) -> None:
        logger.error(
            "%s is given up after %d tries: a message is put on webjobs-blobtrigger-poison.",
            arrival.blob,
            self.pace.tries,
        )
        await asyncio.to_thread(self.store.report_poison, arrival)
        await asyncio.to_thread(self.store.write_receipt, arrival)


def _first_line(error: AzureError) -> str:
    return str(error).partition("\n")[0]
