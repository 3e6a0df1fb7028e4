"""Queue triggers by polling: each message once, a failing one up to the number of attempts."""

import asyncio
import base64
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import override

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.storage.queue import (
    QueueMessage,
    QueueServiceClient,
    TextBase64DecodePolicy,
    TextBase64EncodePolicy,
)

from devhost.errors import InvocationError
from devhost.host.functions import Function
from devhost.host.host_log import invocation_logged, logger
from devhost.host.worker import Worker
from devhost.storage.connection import CLIENT_OPTIONS

MAX_ATTEMPTS = 5
_INVISIBLE_SECONDS = 600


class _Decoding(TextBase64DecodePolicy):
    """Leaves a message that is not base64 as it is, to whoever reads it."""

    @override
    def decode(self, content: str, response: object) -> str:
        try:
            return base64.b64decode(content, validate=True).decode()
        except ValueError:
            return content


class QueueStore:
    """The queue that a function watches, and the one for what it fails on.

    Parameters
    ----------
    connection_string : str
        Of the storage account.
    name : str
        The queue.
    """

    def __init__(self, connection_string: str, name: str) -> None:
        service = QueueServiceClient.from_connection_string(connection_string, **CLIENT_OPTIONS)
        self._queue, self._poison = (
            service.get_queue_client(
                one,
                message_encode_policy=TextBase64EncodePolicy(),
                message_decode_policy=_Decoding(),
            )
            for one in (name, f"{name}-poison")
        )

    def receive(self) -> QueueMessage | None:
        """Receive a message, which no one else sees for a while; None if there is none."""
        try:
            return self._queue.receive_message(visibility_timeout=_INVISIBLE_SECONDS)
        except ResourceNotFoundError:
            return None

    def send(self, content: str) -> None:
        """Put a message on the queue, which is created if missing."""
        with suppress(ResourceExistsError):
            self._queue.create_queue()
        self._queue.send_message(content)

    def delete(self, message: QueueMessage) -> None:
        """Delete a message that was processed."""
        self._queue.delete_message(message)

    def show_again(self, message: QueueMessage) -> None:
        """Let a message that failed be received again at once."""
        self._queue.update_message(message, visibility_timeout=0)

    def give_up(self, message: QueueMessage) -> None:
        """Move a message to the poison queue."""
        with suppress(ResourceExistsError):
            self._poison.create_queue()
        self._poison.send_message(message.content)
        self._queue.delete_message(message)


@dataclass(slots=True)
class QueueListener:
    """Invokes one function for every message of its queue, one at a time.

    Attributes
    ----------
    worker : Worker
        Runs the function.
    function : Function
        A function with a `queueTrigger`.
    store : QueueStore
        The function's queue.
    poll_seconds : float
        Between two looks at an empty queue.
    """

    worker: Worker
    function: Function
    store: QueueStore
    poll_seconds: float

    async def watch(self) -> None:
        """Poll for messages until cancelled."""
        while True:
            try:
                message = await asyncio.to_thread(self.store.receive)
                if message is not None:
                    await self._process(message)
                    continue
            except AzureError as error:
                logger.debug("The queue of '%s' does not answer: %s", self.function.name, error)
            await asyncio.sleep(self.poll_seconds)

    async def _process(self, message: QueueMessage) -> None:
        invocation = str(uuid.uuid4())
        reason = f"New queue message detected on '{self.function.trigger['queueName']}'."
        try:
            with invocation_logged(self.function.name, reason, invocation):
                await self.worker.invoke_queue(
                    self.function.name, message.content, describe_message(message), invocation
                )
        except InvocationError:
            failed = message.dequeue_count or 0
            retry = self.store.show_again if failed < MAX_ATTEMPTS else self.store.give_up
            await asyncio.to_thread(retry, message)
        else:
            await asyncio.to_thread(self.store.delete, message)


def describe_message(message: QueueMessage) -> dict[str, str | int]:
    """Give a message's facts as the platform passes them in the trigger's metadata."""
    return {
        "Id": message.id,
        "DequeueCount": message.dequeue_count or 1,
        "PopReceipt": message.pop_receipt or "",
        "InsertionTime": _format(message.inserted_on),
        "ExpirationTime": _format(message.expires_on),
        "NextVisibleTime": _format(message.next_visible_on),
    }


def _format(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
