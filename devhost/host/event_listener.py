"""Blob triggers by Event Grid: each message of the trigger's queue, one at a time."""

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from azure.core.exceptions import AzureError
from azure.storage.blob import BlobServiceClient
from azure.storage.queue import QueueMessage

from devhost.errors import InvocationError
from devhost.host.blob_listener import PollingOptions
from devhost.host.blob_messages import BlobDetails, BlobMessage
from devhost.host.blob_store import POISON_QUEUE, connection_string, fetch_details
from devhost.host.functions import Function
from devhost.host.host_log import invocation_logged, logger
from devhost.host.queues import QueueStore
from devhost.host.worker import Worker
from devhost.storage.connection import CLIENT_OPTIONS

_PREFIX = "Host.Functions."


@dataclass(frozen=True, slots=True)
class EventListener:
    """Invokes the function that a message names.

    Attributes
    ----------
    worker : Worker
        Runs the functions.
    functions : mapping of str to Function
        Those with `source="EventGrid"`, by name.
    queue : QueueStore
        The trigger's queue in the host's account.
    polling : PollingOptions
        How often to look at an empty queue, and how often to try.
    """

    worker: Worker
    functions: Mapping[str, Function]
    queue: QueueStore
    polling: PollingOptions

    async def watch(self) -> None:
        """Take messages until cancelled."""
        while True:
            try:
                message = await asyncio.to_thread(self.queue.receive)
                if message is not None:
                    await self._process(message)
                    continue
            except AzureError as error:
                logger.debug("The trigger's queue does not answer: %s", error)
            await asyncio.sleep(self.polling.poll_seconds)

    async def _process(self, message: QueueMessage) -> None:
        try:
            event = BlobMessage.decode(message.content)
        except ValueError as error:
            logger.warning("%.80r is no message about a blob: dropped. %s", message.content, error)
            await asyncio.to_thread(self.queue.delete, message)
            return
        function = self.functions.get(event.function_id.removeprefix(_PREFIX))
        if function is None:
            logger.warning("%r is no function that Event Grid triggers.", event.function_id)
        elif not await self._invoke(function, event):
            await asyncio.to_thread(self._fail, function, message)
            return
        await asyncio.to_thread(self.queue.delete, message)

    async def _invoke(self, function: Function, event: BlobMessage) -> bool:
        details = await asyncio.to_thread(_fetch, function, event)
        place = f"{event.container_name}/{event.blob_name}"
        if details is None:
            logger.info("%s no longer exists: ignored.", place)
            return True
        invocation, reason = str(uuid.uuid4()), f"New blob detected(EventGrid): {place}"
        try:
            async with self.polling.slots:
                with invocation_logged(function.name, reason, invocation):
                    await self.worker.invoke_blob(
                        function.name, event.container_name, event.blob_name, details, invocation
                    )
        except InvocationError:
            return False
        return True

    def _fail(self, function: Function, message: QueueMessage) -> None:
        if (message.dequeue_count or 0) < self.polling.max_attempts:
            self.queue.show_again(message)
            return
        logger.error("A blob failed %d times: see %s.", self.polling.max_attempts, POISON_QUEUE)
        connection = connection_string(function.connection, function.name)
        QueueStore(connection, POISON_QUEUE).send(message.content)
        self.queue.delete(message)


def _fetch(function: Function, event: BlobMessage) -> BlobDetails | None:
    connection = connection_string(function.connection, function.name)
    with BlobServiceClient.from_connection_string(connection, **CLIENT_OPTIONS) as service:
        client = service.get_blob_client(event.container_name, event.blob_name)
        return fetch_details(client, takes_content=not function.takes_client)
