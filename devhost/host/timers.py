"""Timer triggers: each function when its schedule is due, one invocation at a time."""

import asyncio
import json
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import BlobServiceClient

from devhost.errors import InvocationError
from devhost.host.blob_store import RECEIPTS_CONTAINER
from devhost.host.functions import Function
from devhost.host.host_log import invocation_logged, logger
from devhost.host.ncrontab import Schedule, parse_schedule
from devhost.host.worker import Worker
from devhost.storage.connection import CLIENT_OPTIONS

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class TimerStore:
    """Where the host keeps when a timer was last due: a missed occurrence is made up for."""

    connection_string: str
    name: str

    def read(self) -> bytes:
        """Read the status as it is stored; an empty one before the first occurrence."""
        with self._service() as service:
            try:
                content = service.get_blob_client(RECEIPTS_CONTAINER, self.name).download_blob()
                return content.readall()
            except ResourceNotFoundError:
                return b"{}"

    def write(self, status: dict[str, str]) -> None:
        """Write the status."""
        with self._service() as service:
            with suppress(ResourceExistsError):
                service.create_container(RECEIPTS_CONTAINER)
            blob = service.get_blob_client(RECEIPTS_CONTAINER, self.name)
            blob.upload_blob(json.dumps(status), overwrite=True)

    def _service(self) -> BlobServiceClient:
        return BlobServiceClient.from_connection_string(self.connection_string, **CLIENT_OPTIONS)


@dataclass(slots=True)
class TimerListener:
    """Invokes one function whenever its schedule is due.

    Attributes
    ----------
    worker : Worker
        Runs the function.
    function : Function
        A function with a `timerTrigger`.
    store : TimerStore
        Keeps its status.
    """

    worker: Worker
    function: Function
    store: TimerStore

    async def watch(self) -> None:
        """Wait for due moments until cancelled."""
        schedule = parse_schedule(str(self.function.trigger["schedule"]))
        status = await self._read()
        missed = _is_past(status.get("Next", ""))
        if missed or self.function.trigger.get("runOnStartup"):
            status = await self._invoke(schedule, status, past_due=missed)
        while (due := schedule.next_after(datetime.now(UTC))) is not None:
            while datetime.now(UTC) < due:
                await asyncio.sleep(_POLL_SECONDS)
            status = await self._invoke(schedule, status, past_due=False)

    async def _invoke(
        self, schedule: Schedule, status: dict[str, str], *, past_due: bool
    ) -> dict[str, str]:
        reason = f"Timer fired at {datetime.now(UTC).isoformat()}"
        invocation = str(uuid.uuid4())
        with suppress(InvocationError), invocation_logged(self.function.name, reason, invocation):
            await self.worker.invoke_timer(
                self.function.name, timer_info(status, past_due=past_due), invocation
            )
        return await self._write(schedule)

    async def _read(self) -> dict[str, str]:
        try:
            content = await asyncio.to_thread(self.store.read)
        except AzureError as error:
            logger.warning("The status of '%s' cannot be read: %s", self.function.name, error)
            return {}
        try:
            return _parse_status(content)
        except (ValueError, RecursionError) as error:
            logger.warning("The status of '%s' is damaged: %s", self.function.name, error)
            return {}

    async def _write(self, schedule: Schedule) -> dict[str, str]:
        now = datetime.now(UTC)
        status = {
            "Last": now.isoformat(),
            "Next": (schedule.next_after(now) or now).isoformat(),
            "LastUpdated": now.isoformat(),
        }
        try:
            await asyncio.to_thread(self.store.write, status)
        except AzureError as error:
            logger.warning("The status of '%s' cannot be written: %s", self.function.name, error)
        return status


def _parse_status(content: bytes) -> dict[str, str]:
    status = json.loads(content)
    if not isinstance(status, dict) or not all(isinstance(one, str) for one in status.values()):
        raise ValueError("Expected a JSON object of strings.")
    return status


def _is_past(moment: str) -> bool:
    try:
        return datetime.fromisoformat(moment) < datetime.now(UTC)
    except (ValueError, TypeError):
        # Missing, damaged, or without a time zone.
        return False


def timer_info(status: dict[str, str], *, past_due: bool) -> dict[str, Any]:
    """Describe an occurrence as the platform does to the worker."""
    return {
        "Schedule": {"AdjustForDST": True},
        "ScheduleStatus": status or None,
        "IsPastDue": past_due,
    }
