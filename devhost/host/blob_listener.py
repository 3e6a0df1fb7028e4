"""Blob triggers by polling: each new blob once, a failing one up to the number of attempts."""

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
from shared.registry.deadlines import deadline_in

# A stop waits for the poll in progress.
_POLL_DEADLINE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class PollingOptions:
    """How often the listeners poll, and how many invocations run at a time.

    Attributes
    ----------
    poll_seconds : float
        Between two listings of a container.
    max_attempts : int
        For each blob, the first one included.
    slots : asyncio.Semaphore
        Shared by all blob functions; each invocation holds one.
    """

    poll_seconds: float
    max_attempts: int
    slots: asyncio.Semaphore


@dataclass(slots=True)
class BlobListener:
    """Invokes one function for every blob that matches its trigger.

    Attributes
    ----------
    worker : Worker
        Runs the function.
    function : Function
        A function with a `blobTrigger`.
    store : BlobStore
        The function's blobs and receipts.
    polling : PollingOptions
        How often to poll, and how many invocations to run at a time.
    """

    worker: Worker
    function: Function
    store: BlobStore
    polling: PollingOptions
    _seen: set[BlobRevision] = field(default_factory=set)
    _unreachable: bool = False

    async def watch(self) -> None:
        """Poll for new blobs until cancelled."""
        async with asyncio.TaskGroup() as running:
            while True:
                for revision in await self._find_new():
                    self._seen.add(revision)
                    running.create_task(self._process(revision))
                await asyncio.sleep(self.polling.poll_seconds)

    async def _find_new(self) -> list[BlobRevision]:
        try:
            with deadline_in(_POLL_DEADLINE_SECONDS):
                revisions = await asyncio.to_thread(self._list_new)
        except AzureError as error:
            if not self._unreachable:
                logger.warning(
                    "The storage is unreachable; polling continues: %s", _first_line(error)
                )
            self._unreachable = True
            return []
        if self._unreachable:
            logger.info("The storage is reachable again.")
        self._unreachable = False
        return revisions

    def _list_new(self) -> list[BlobRevision]:
        new = []
        for revision in self.store.list_revisions():
            if revision in self._seen:
                continue
            if self.store.has_receipt(revision):
                self._seen.add(revision)
            else:
                new.append(revision)
        return new

    async def _process(self, revision: BlobRevision) -> None:
        try:
            # The host makes no pause: a message that failed is visible again at once.
            for attempt in range(1, self.polling.max_attempts + 1):
                async with self.polling.slots:
                    finished = await self._attempt(revision, attempt)
                if finished:
                    return
            await self._mark_as_poison(revision)
        except AzureError as error:
            logger.warning("%s will be processed again: %s", revision.blob, _first_line(error))
            self._seen.discard(revision)

    async def _attempt(self, revision: BlobRevision, attempt: int) -> bool:
        details = await asyncio.to_thread(self.store.fetch, revision)
        if details is None:
            return True
        container = self.store.path.container
        source = self.function.trigger.get("source") or "LogsAndContainerScan"
        suffix = f", attempt {attempt} of {self.polling.max_attempts}" if attempt > 1 else ""
        reason = f"New blob detected({source}): {container}/{revision.blob}{suffix}"
        invocation = str(uuid.uuid4())
        started = time.perf_counter()
        log_start(self.function.name, reason, invocation)
        try:
            await self.worker.invoke_blob(
                self.function.name, container, revision.blob, details, invocation
            )
        except InvocationError as error:
            log_end(self.function.name, invocation, started, error)
            return False
        log_end(self.function.name, invocation, started)
        await asyncio.to_thread(self.store.write_receipt, revision)
        return True

    async def _mark_as_poison(self, revision: BlobRevision) -> None:
        logger.error(
            "%s failed %d times: a message is put on the queue webjobs-blobtrigger-poison.",
            revision.blob,
            self.polling.max_attempts,
        )
        await asyncio.to_thread(self.store.send_to_poison_queue, revision)
        await asyncio.to_thread(self.store.write_receipt, revision)


def _first_line(error: AzureError) -> str:
    return str(error).partition("\n")[0]
