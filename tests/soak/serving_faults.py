"""Storage that fails while an app serves: a warm one, one that starts, one that is busy."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
from tests.soak.raw_files import NEW, OLD
from tests.soak.reader import Reader
from tests.support.fault_rules import Rule
from tests.support.faults import (
    Answer,
    Cut,
    CutWithin,
    Delay,
    Fault,
    FlipBit,
    Outage,
    Silence,
    Trickle,
    Truncate,
)
from tests.support.waiting import wait_until

_FAULTS: tuple[Fault, ...] = (
    Outage(2.0),
    FlipBit(0.5),
    Answer(503),
    Truncate(0.5),
    Silence(),
    Answer(429, "TooManyRequests"),
    Cut("before"),
    CutWithin(),
    Trickle(20_000),
    Answer(403, "AuthorizationFailure"),
    Cut("after"),
    FlipBit(0.1),
    Delay(1.0),
    Answer(500, "InternalError"),
)
_FAULT_SECONDS = 3.0
_HEALTH_SECONDS = 5.0
"""Far more than an answer takes that waits for nothing."""

_FIRST_ANSWER_SECONDS = 60.0
_WHAT_IFS = 8


def fail_while_warm(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Let storage fail while another release is published, under a reader."""
    tally = Tally()
    ground.reset()
    with ground.run_host(proxied=True) as host:
        for turn in range(rounds):
            fault = _FAULTS[turn % len(_FAULTS)]
            ground.restore(OLD)
            ground.wait_until_served(OLD, host.url)
            with ground.reading(host.url) as reader:
                with ground.proxy.inject(fault) as rule:
                    _wait_for(rule, 1)
                    ground.restore(NEW)
                    time.sleep(_FAULT_SECONDS)
                late = ground.await_served(NEW, host.url)
            tally.reads += reader.reads
            tally.add(f"{fault} while warm", reader.losses + late)
            yield tally


def _wait_for(rule: Rule, times: int) -> None:
    wait_until(lambda: rule.injected >= times, "storage is asked")


def fail_while_starting(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Start an app on storage that fails; it answers right or 503, soon, and then right."""
    tally = Tally()
    for turn in range(rounds):
        fault = _FAULTS[turn % len(_FAULTS)]
        ground.reset()
        with ExitStack() as running:
            with ground.proxy.inject(fault, service="Blob") as rule:
                # It asks storage as soon as it starts.
                host = running.enter_context(ground.run_host(proxied=True))
                losses = _read_first(ground, host.url)
            assert rule.injected, "storage is asked"
            losses += ground.await_served(OLD, host.url)
        tally.add(f"{fault} while starting", losses)
        yield tally


def _read_first(ground: Ground, url: str) -> list[str]:
    (user, route), expected = next(iter(ground.answers[OLD].items()))
    try:
        answer = httpx.get(f"{url}/api/user/{user}/{route}", timeout=_FIRST_ANSWER_SECONDS)
    except httpx.TimeoutException:
        return [f"no answer within {_FIRST_ANSWER_SECONDS:.0f} s"]
    if answer.status_code == 200 and answer.content == expected:
        return []
    kind = answer.headers.get("content-type", "")
    if answer.status_code == 503 and kind.startswith("application/problem+json"):
        return []
    return [f"the first answer is {answer.status_code} {kind}: {answer.text[:200]}"]


def wait_for_silent_storage(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Ask for what needs storage while it is silent; health and reads must not wait for it."""
    tally = Tally()
    for _ in range(rounds):
        ground.reset()
        with ground.run_host(proxied=True) as host:
            ground.wait_until_served(OLD, host.url)
            reader = Reader(host.url, ground.answers)
            with ground.proxy.inject(Silence()) as rule, _asking(host.url):
                _wait_for(rule, 3)
                reader.start()
                losses = _ask_health(host.url)
                reader.stop()
            tally.reads += reader.reads
        tally.add("what-ifs and reports on silent storage", losses + reader.losses)
        yield tally


@contextmanager
def _asking(url: str) -> Iterator[None]:
    """Keep asking for the list of releases and for reports, several at a time."""
    stopped = threading.Event()

    def ask(path: str) -> None:
        while not stopped.is_set():
            try:
                httpx.get(f"{url}/api/{path}", timeout=_FAULT_SECONDS)
            except httpx.TransportError:
                continue

    paths = ("versiones", "informe") * (_WHAT_IFS // 2)
    threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def _ask_health(url: str) -> list[str]:
    losses = []
    for path in ("health", "health/ready", "health"):
        time.sleep(_FAULT_SECONDS / 3)
        try:
            answer = httpx.get(f"{url}/api/{path}", timeout=_HEALTH_SECONDS)
        except httpx.TimeoutException:
            losses.append(f"/{path} gives no answer within {_HEALTH_SECONDS:.0f} s")
        else:
            if answer.status_code != 200:
                losses.append(f"/{path} answers {answer.status_code}")
    return losses


CAMPAIGNS = (
    Campaign(
        "warm",
        "storage is down, slow, silent, throttles, cuts, flips bits while an app serves",
        "every read is answered, from the old release or the new one",
        14,
        fail_while_warm,
    ),
    Campaign(
        "cold",
        "the same while an app starts",
        "the first answer is right, or 503 as a problem document; then it is right",
        14,
        fail_while_starting,
    ),
    Campaign(
        "silence",
        "eight requests at a time wait for silent storage",
        "health, readiness and keyed reads are answered",
        2,
        wait_for_silent_storage,
    ),
)
