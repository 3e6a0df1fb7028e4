"""Requests that ask storage: in threads of their own, few at a time, each with a deadline."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from contextvars import copy_context

from serving.errors import StorageBusyError, StorageUnavailableError
from shared.errors import SettingError
from shared.registry.deadlines import deadline_in
from shared.settings import Settings, read_settings
from shared.storage_limits import StorageLimits

# What cannot be interrupted, such as a name server that is silent, is left behind after this long.
_GRACE_SECONDS = 2.0


class StorageCalls:
    """Run calls that wait for storage beside the event loop.

    Parameters
    ----------
    settings : callable
        Called on every call.

    Notes
    -----
    The threads are not the worker's: silent storage can hold them all, and everything else is
    still answered. They are daemons, so the process ends without them.
    """

    def __init__(self, settings: Callable[[], Settings] = read_settings) -> None:
        self._read_settings = settings
        self._lock = threading.Lock()
        self._running = 0

    async def run[T](self, call: Callable[[], T], *, decides: bool = False) -> T:
        """Run a call in a thread, with the deadline of a request or of a decision.

        Raises
        ------
        StorageBusyError
            At once, when as many calls as permitted are running.
        StorageUnavailableError
            When the call does not end though its deadline has passed.
        """
        limits = self._limits()
        seconds = limits.decision_seconds if decides else limits.request_seconds
        self._begin(limits.concurrency)
        outcome: Future[T] = Future()
        done, loop = asyncio.Event(), asyncio.get_running_loop()

        def work() -> None:
            try:
                with deadline_in(seconds):
                    outcome.set_result(call())
            except BaseException as error:  # noqa: BLE001 -- raised in the caller
                outcome.set_exception(error)
            finally:
                self._end()
                with suppress(RuntimeError):  # The loop was closed: nobody waits any more.
                    loop.call_soon_threadsafe(done.set)

        threading.Thread(target=copy_context().run, args=(work,), daemon=True).start()
        try:
            await asyncio.wait_for(done.wait(), seconds + _GRACE_SECONDS)
        except TimeoutError:
            raise StorageUnavailableError(
                f"Storage did not answer within {seconds:g} s: try again later."
            ) from None
        return outcome.result()

    def _begin(self, most: int) -> None:
        with self._lock:
            if self._running >= most:
                raise StorageBusyError(
                    f"Expected at most {most} requests that wait for storage at a time, there are"
                    f" {self._running}: try again later."
                )
            self._running += 1

    def _end(self) -> None:
        with self._lock:
            self._running -= 1

    def _limits(self) -> StorageLimits:
        # A malformed setting is reported by the call, which reads the settings too.
        with suppress(SettingError):
            return self._read_settings().limits
        return StorageLimits()
