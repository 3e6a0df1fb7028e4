"""An instance that is killed while it trains and publishes."""

import random
import time
from collections.abc import Iterator
from itertools import batched

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
from tests.soak.instances import Instance
from tests.soak.raw_files import NEW
from tests.soak.rounds import Fault, NeverHappened, deliver_both_under
from tests.support.fault_rules import WRITES
from tests.support.faults import Cut, Pass, When

_SEED = 20260301


def kill_at_random_moments(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Kill an instance at moments drawn from the whole length of a run."""
    tally = Tally()
    draw = random.Random(_SEED)
    seconds = _time_run(ground)
    for _ in range(0, rounds, 2):
        moments = draw.uniform(0, 0.95 * seconds), draw.uniform(0, 0.95 * seconds)
        first, second = (
            (f"killed after {moment:.3f} s", _kill_after(ground, moment)) for moment in moments
        )
        deliver_both_under(ground, tally, first, second)
        yield tally


def _kill_after(ground: Ground, moment: float) -> Fault:
    def kill(blob: str) -> None:
        instance = ground.start(blob)
        if instance.wait(moment) is not None:
            raise NeverHappened
        instance.kill()

    return kill


def _time_run(ground: Ground) -> float:
    ground.reset()
    started = time.monotonic()
    ground.start(ground.upload(NEW)).wait()
    return time.monotonic() - started


def kill_at_writes(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Kill an instance at every write of a run: before storage sees it, and after it is done."""
    tally = Tally()
    whens: tuple[When, ...] = ("before", "after")
    points = [(number, when) for number in range(count_writes(ground)) for when in whens]
    for pair in batched(spread(points, rounds), 2, strict=False):
        first, last = (
            (f"killed {when} write {number}", _kill_at_write(ground, number, when))
            for number, when in (pair[0], pair[-1])
        )
        deliver_both_under(ground, tally, first, last)
        yield tally


def _kill_at_write(ground: Ground, number: int, when: When) -> Fault:
    def kill(blob: str) -> None:
        started: list[Instance] = []

        def kill_it() -> None:
            started[0].kill()

        with ground.proxy.inject(Cut(when, kill_it), WRITES, skip=number, times=1) as rule:
            started.append(ground.start(blob, proxied=True))
            started[0].wait()
        if not rule.injected:
            raise NeverHappened

    return kill


def spread[T](points: list[T], most: int) -> list[T]:
    """Take at most so many of the points, evenly."""
    if len(points) <= most:
        return points
    return [points[int((place + 0.5) * len(points) / most)] for place in range(most)]


def count_writes(ground: Ground) -> int:
    """Count the writes of a run that nothing disturbs, once for each ground."""
    if not ground.writes:
        ground.reset()
        with ground.proxy.inject(Pass(), WRITES) as rule:
            ground.start(ground.upload(NEW), proxied=True).wait()
        assert rule.matched > 5, "a run writes its record and its files"
        ground.writes = rule.matched
    return ground.writes


CAMPAIGNS = (
    Campaign(
        "kills",
        "an instance is killed at a random moment of a run",
        "the upload is published once, its run and its decisions are on record",
        100,
        kill_at_random_moments,
    ),
    Campaign(
        "writes",
        "an instance is killed at each of its writes, before and after",
        "the upload is published once, its run and its decisions are on record",
        200,
        kill_at_writes,
    ),
)
