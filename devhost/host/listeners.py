"""What watches for uploads, messages and due moments: a listener for each trigger but HTTP."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from azure.storage.queue import QueueServiceClient

from devhost.errors import StartError
from devhost.host.blob_listener import BlobListener, PollingOptions
from devhost.host.blob_store import HOST_STORAGE, BlobStore, connection_string, derive_host_id
from devhost.host.event_grid import BlobWebhook
from devhost.host.event_listener import EventListener
from devhost.host.host_settings import HostSettings
from devhost.host.ncrontab import parse_schedule
from devhost.host.queues import QueueListener, QueueStore
from devhost.host.timers import TimerListener, TimerStore
from devhost.host.worker import Worker

type Listener = BlobListener | EventListener | QueueListener | TimerListener


def make_listeners(worker: Worker, settings: HostSettings, app_dir: Path) -> list[Listener]:
    """Make the listeners of an app whose functions are indexed.

    Raises
    ------
    IndexingError, StartError
        When a trigger, or a setting that it needs, is malformed, or the setting is missing.
    """
    polling = PollingOptions(
        poll_seconds=_seconds("DEVHOST_POLL_SECONDS", 1.0),
        max_attempts=settings.blob_attempts,
        slots=asyncio.Semaphore(settings.parallel_blobs),
    )
    host_id = derive_host_id(app_dir)
    listeners: list[Listener] = []
    for function in worker.functions.values():
        match function.kind:
            case "blobTrigger" if function.is_event_driven:
                continue
            case "blobTrigger":
                store = BlobStore(function, host_id)
                listeners.append(BlobListener(worker, function, store, polling))
            case "queueTrigger":
                queue = _open_queue(
                    function.connection, function.name, str(function.trigger["queueName"])
                )
                listeners.append(QueueListener(worker, function, queue, polling.poll_seconds))
            case "timerTrigger":
                parse_schedule(str(function.trigger["schedule"]))
                status = TimerStore(
                    _read_connection(HOST_STORAGE, function.name),
                    f"timers/{host_id}/Host.Functions.{function.name}/status",
                )
                listeners.append(TimerListener(worker, function, status))
    if driven := {one.name: one for one in worker.functions.values() if one.is_event_driven}:
        for function in driven.values():
            _read_connection(function.connection, function.name)
        events = _open_queue(
            HOST_STORAGE, next(iter(driven)), f"azure-webjobs-blobtrigger-{host_id}"
        )
        listeners.append(EventListener(worker, driven, events, polling))
    return listeners


def make_webhook(listeners: Sequence[Listener]) -> BlobWebhook | None:
    """Make what answers Event Grid; None where it triggers no function."""
    queues = [one.queue for one in listeners if isinstance(one, EventListener)]
    return BlobWebhook(queues[0]) if queues else None


def _open_queue(setting: str, function: str, name: str) -> QueueStore:
    return QueueStore(_read_connection(setting, function), name)


def _read_connection(setting: str, function: str) -> str:
    found = connection_string(setting, function)
    try:
        QueueServiceClient.from_connection_string(found).close()
    except ValueError as error:
        raise StartError(f"Function '{function}', setting {setting}: {error}") from None
    return found


def _seconds(setting: str, default: float) -> float:
    text = os.environ.get(setting) or str(default)
    try:
        return float(text)
    except ValueError:
        raise StartError(f"{setting} must be a number of seconds, not {text!r}.") from None
