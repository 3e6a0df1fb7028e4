"""The queue of the blobs that the host has given up on."""

import json
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueServiceClient, TextBase64DecodePolicy


def read_poison_messages(storage: str, container: str) -> list[dict[str, Any]]:
    """Read the messages about the blobs of a container."""
    with QueueServiceClient.from_connection_string(storage) as service:
        queue = service.get_queue_client(
            "webjobs-blobtrigger-poison", message_decode_policy=TextBase64DecodePolicy()
        )
        try:
            messages = [json.loads(one.content) for one in queue.peek_messages(max_messages=32)]
        except ResourceNotFoundError:
            return []
    return [message for message in messages if message["ContainerName"] == container]
