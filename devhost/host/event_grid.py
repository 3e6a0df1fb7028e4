"""The webhook that Event Grid calls about blobs: what it answers, and what it puts on the queue.

As in the host, every event of the subscription is delivered, whatever the trigger's path says: the
filter is the subscription's.
"""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from azure.core.exceptions import AzureError
from azure.storage.blob import BlobClient

from devhost.host.blob_messages import BlobMessage
from devhost.host.host_log import logger
from devhost.host.http_messages import HttpResponse
from devhost.host.queues import QueueStore

WEBHOOK = "/runtime/webhooks/blobs"

_EVENT_TYPE = "aeg-event-type"
_INVALID = "Expected a JSON array of blob events"


class BlobWebhook:
    """Answers Event Grid.

    Parameters
    ----------
    queue : QueueStore
        The trigger's queue in the host's account.
    """

    def __init__(self, queue: QueueStore) -> None:
        self._queue = queue

    async def answer(
        self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
        """Answer a handshake, or put each event on the queue.

        Parameters
        ----------
        query : mapping of str to str
            `functionName`, such as `Host.Functions.entrenamiento`; `code` is not looked at.
        headers : mapping of str to str
            `aeg-event-type` says what is sent.
        body : bytes
            The events as JSON.
        """
        kind = {name.lower(): value for name, value in headers.items()}.get(_EVENT_TYPE)
        try:
            if kind == "SubscriptionValidation":
                return _validate(json.loads(body))
            if kind == "Notification":
                return await self._enqueue(json.loads(body), query.get("functionName", ""))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            logger.warning("%s, got %r (%s).", _INVALID, body[:80], error)
            return HttpResponse(HTTPStatus.BAD_REQUEST, {}, b"")
        except AzureError as error:
            # Event Grid tries again.
            logger.warning("The trigger's queue does not answer: %s", error)
            return HttpResponse(HTTPStatus.INTERNAL_SERVER_ERROR, {}, b"")
        status = HTTPStatus.ACCEPTED if kind == "Unsubscribe" else HTTPStatus.BAD_REQUEST
        return HttpResponse(status, {}, b"")

    async def _enqueue(self, events: Any, function_id: str) -> HttpResponse:
        messages = [
            _read_event(event, function_id)
            for event in (events if isinstance(events, list) else [events])
        ]
        for message in messages:
            await asyncio.to_thread(self._queue.send, message.encode())
        return HttpResponse(HTTPStatus.ACCEPTED, {}, b"")


def _validate(events: Any) -> HttpResponse:
    answer = {"validationResponse": events[0]["data"]["validationCode"]}
    return HttpResponse(
        HTTPStatus.OK, {"Content-Type": "application/json"}, json.dumps(answer).encode()
    )


def _read_event(event: Any, function_id: str) -> BlobMessage:
    data = event["data"]
    blob = BlobClient.from_blob_url(data["url"])
    return BlobMessage(function_id, blob.container_name, blob.blob_name, f'"{data["eTag"]}"')
