"""A proxy between the app and its storage that injects faults."""

import asyncio
import re
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.support.fault_rules import Rule, RuleBook
from tests.support.faults import Fault
from tests.support.faulty_service import FaultyService

_ENDPOINT = re.compile(r"(\w+)Endpoint=(http://[^;]+)")


class FaultProxy:
    """Forwards requests to the services of a storage account, unless a rule injects a fault.

    Parameters
    ----------
    storage : str
        The account's connection string, with an endpoint for each service.

    Notes
    -----
    It runs in a thread of its own. Every request to storage uses a new connection there, so what
    fails on the client's side is what was injected, and nothing else.
    """

    def __init__(self, storage: str) -> None:
        self.rules = RuleBook()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._services = [
            FaultyService(name, url, self.rules, self._refuse_for)
            for name, url in _ENDPOINT.findall(storage)
        ]
        ports = {one.name: one.port for one in self._services}
        self.connection_string = _ENDPOINT.sub(lambda found: _redirect(found, ports), storage)

    def start(self) -> None:
        """Accept connections."""
        self._thread.start()
        self._run(self._open())

    def stop(self) -> None:
        """Close every connection and end the thread."""
        self._run(self._refuse())
        self._run(_cancel_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        for service in self._services:
            service.reserved.close()

    @contextmanager
    def inject(
        self, fault: Fault, method: str = ".*", target: str = "", **more: Any
    ) -> Iterator[Rule]:
        """Keep a rule in force within the block; the arguments are those of `Rule`."""
        rule = self.rules.add(Rule(fault, method, target, **more))
        try:
            yield rule
        finally:
            self.rules.remove(rule)

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Refuse connections, and cut those that are open, until the block exits."""
        self._run(self._refuse())
        try:
            yield
        finally:
            self._run(self._open())

    async def _open(self) -> None:
        for service in self._services:
            await service.open()

    async def _refuse(self) -> None:
        for service in self._services:
            service.close()

    def _refuse_for(self, seconds: float) -> None:
        for service in self._services:
            service.close()
        self._loop.call_later(seconds, lambda: self._loop.create_task(self._open()))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()


@contextmanager
def run_fault_proxy(storage: str) -> Iterator[FaultProxy]:
    """Run a proxy before a storage account until the block exits."""
    proxy = FaultProxy(storage)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()


def _redirect(found: re.Match[str], ports: dict[str, int]) -> str:
    name, url = found.groups()
    return f"{name}Endpoint=http://127.0.0.1:{ports[name]}{urlsplit(url).path}"


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
