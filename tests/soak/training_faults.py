"""Storage that fails while an instance trains and publishes."""

import random
from collections.abc import Iterator

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
from tests.soak.raw_files import NEW
from tests.soak.rounds import NeverHappened, deliver_under
from tests.support.faults import (
    Answer,
    Cut,
    CutWithin,
    Delay,
    Fault,
    FlipBit,
    Outage,
    Pass,
    Silence,
    Trickle,
    Truncate,
)

_SEED = 20260302

_FAULTS: tuple[tuple[Fault, int | None], ...] = (
    (Answer(503, "ServerBusy"), 1),
    (FlipBit(0.4), 1),
    (Cut("after"), 1),
    (Answer(429, "TooManyRequests"), 3),
    (FlipBit(0.6, "request"), 1),
    (Truncate(0.5), 1),
    (Cut("before"), 1),
    (Answer(403, "AuthorizationFailure"), 1),
    (CutWithin(), 1),
    (Outage(3.0), 1),
    (Answer(500, "InternalError"), None),
    (Delay(2.0), 3),
    (Trickle(50_000), 3),
    (Cut("after"), None),
    (Silence(), 1),
)
"""Each with how many requests meet it; None for all of the first delivery from then on."""


def fail_while_training(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Let storage fail at requests drawn from all of a run's."""
    tally = Tally()
    draw = random.Random(_SEED)
    n_requests = _count_requests(ground)
    for turn in range(rounds):
        fault, times = _FAULTS[turn % len(_FAULTS)]
        skip = draw.randrange(n_requests - 1)

        def fail(
            blob: str, fault: Fault = fault, times: int | None = times, skip: int = skip
        ) -> None:
            with ground.proxy.inject(fault, skip=skip, times=times) as rule:
                instance = ground.start(blob, proxied=True)
                if instance.wait() is None:
                    instance.kill()
            if not rule.injected:
                raise NeverHappened

        deliver_under(ground, tally, f"{fault} at request {skip}", fail)
        yield tally


def flip_the_upload(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Flip a bit of the raw file on its way to the instance."""
    tally = Tally()
    draw = random.Random(_SEED)
    for _ in range(rounds):
        flip = FlipBit(draw.random())

        def read_flipped(blob: str, flip: FlipBit = flip) -> None:
            with ground.proxy.inject(flip, "GET", f"/input/{blob}$", times=1) as rule:
                ground.start(blob, proxied=True).wait()
            assert rule.injected, "the instance reads its upload"

        deliver_under(ground, tally, f"{flip} in the raw file", read_flipped)
        yield tally


def _count_requests(ground: Ground) -> int:
    ground.reset()
    with ground.proxy.inject(Pass()) as rule:
        ground.start(ground.upload(NEW), proxied=True).wait()
    assert rule.matched > 10, "a run reads and writes"
    return rule.matched


CAMPAIGNS = (
    Campaign(
        "training",
        "storage is down, slow, silent, throttles, cuts, flips bits while an instance trains",
        "the upload is published once, nothing damaged is served",
        15,
        fail_while_training,
    ),
    Campaign(
        "flips",
        "a bit of the raw file flips on its way to the instance",
        "the release is the one of the file in storage",
        6,
        flip_the_upload,
    ),
)
