"""Tell everybody who waits that a step of a background thread is done."""

from concurrent.futures import Future


class Signal:
    """Fires once per step, for whoever waits for the step in progress or the next one."""

    def __init__(self) -> None:
        self._future = _new()

    def next(self) -> Future[None]:
        """Return what the next `fire` completes; take it before looking whether to wait."""
        return self._future

    def fire(self) -> None:
        """Wake up everybody who waits; only one thread may call this."""
        fired, self._future = self._future, _new()
        fired.set_result(None)


def _new() -> Future[None]:
    future: Future[None] = Future()
    # A waiter that gives up would otherwise cancel it for all others.
    future.set_running_or_notify_cancel()
    return future
