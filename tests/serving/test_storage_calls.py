"""Calls that wait for storage beside the event loop."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

import serving.storage_calls
from serving.errors import StorageBusyError, StorageUnavailableError
from serving.storage_calls import StorageCalls
from shared.errors import SettingError
from shared.registry.deadlines import seconds_left
from shared.settings import Settings
from shared.storage_limits import StorageLimits

TWO = Settings(limits=StorageLimits(request_seconds=30, decision_seconds=300, concurrency=2))


@pytest.fixture
def released() -> Iterator[threading.Event]:
    """Return what lets the waiting calls of a test go on."""
    event = threading.Event()
    yield event
    event.set()


def test_a_call_has_the_deadline_of_a_request_or_of_a_decision() -> None:
    async def ask() -> tuple[float | None, float | None]:
        calls = StorageCalls(lambda: TWO)
        return await calls.run(seconds_left), await calls.run(seconds_left, decides=True)

    request, decision = asyncio.run(ask())

    assert request
    assert decision
    assert request <= 30 < decision <= 300


def test_one_call_too_many_is_refused_at_once_and_a_later_one_is_not(
    released: threading.Event,
) -> None:
    async def ask() -> None:
        calls = StorageCalls(lambda: TWO)
        waiting = [asyncio.create_task(calls.run(released.wait)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(StorageBusyError, match="at most 2") as refused:
            await calls.run(bool)
        assert refused.value.headers == {"Retry-After": "2"}
        released.set()
        await asyncio.gather(*waiting)
        assert await calls.run(bool) is False

    asyncio.run(ask())


def test_a_call_that_cannot_be_interrupted_is_left_behind(
    released: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving.storage_calls, "_GRACE_SECONDS", 0.1)
    quick = Settings(limits=StorageLimits(request_seconds=0.1))

    with pytest.raises(StorageUnavailableError, match=r"within 0\.1 s"):
        asyncio.run(StorageCalls(lambda: quick).run(released.wait))


def test_an_error_of_the_call_is_the_callers() -> None:
    with pytest.raises(ZeroDivisionError):
        asyncio.run(StorageCalls(lambda: TWO).run(lambda: 1 // 0))


def test_a_malformed_setting_is_left_to_the_call_to_report() -> None:
    def malformed() -> Settings:
        raise SettingError("STORAGE_CONCURRENCY must be a number")

    assert asyncio.run(StorageCalls(malformed).run(lambda: 7)) == 7
