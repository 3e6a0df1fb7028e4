"""An older upload that is about to be promoted while a newer one is served already."""

import threading
from collections.abc import Iterator

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
from tests.soak.instances import RUN_TIMEOUT_SECONDS, Instance
from tests.soak.losses import find_losses
from tests.soak.raw_files import NEW, NEXT
from tests.support.fault_proxy import FaultProxy
from tests.support.fault_rules import Rule
from tests.support.faults import Answer, Call, CutWithin, Fault, FlipBit, Outage

_RELEASE_FILES = r"/releases/\d{8}T"
_READ_AT_PROMOTION = r"/releases/(current\.json|history/|\d{8}T[^/]*/manifest\.json)"

_FAULTS: tuple[Fault, ...] = (
    Answer(429, "TooManyRequests"),
    Answer(403, "AuthorizationFailure"),
    FlipBit(0.3),
    FlipBit(0.7),
    Answer(503, "ServerBusy"),
    CutWithin(),
    Outage(3.0),
)


def hold_back_the_older(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Let a newer upload overtake an older one, then disturb what the older one reads."""
    tally = Tally()
    for turn in range(rounds):
        fault, times = _FAULTS[turn % len(_FAULTS)], (1, 2)[turn // len(_FAULTS) % 2]
        ground.reset()
        with ground.reading() as reader:
            losses, injected = _overtake(ground, fault, times)
        tally.reads += reader.reads
        tally.add(f"{fault} {times} times on comparing", losses + reader.losses, injected)
        yield tally


def _overtake(ground: Ground, fault: Fault, times: int) -> tuple[list[str], int]:
    """Return what was lost, and how often the fault happened."""
    older, newer = ground.upload(NEW), ground.upload(NEXT)
    has_begun = threading.Event()
    overtaking: list[Instance] = []
    rules: list[Rule] = []

    def be_overtaken() -> None:
        overtaking[0].wait()
        rules.append(_disturb(ground.proxy, fault, times))

    with (
        ground.proxy.inject(Call("before", has_begun.set), "GET", f"/input/{older}$"),
        ground.proxy.inject(Call("before", be_overtaken), "PUT", _RELEASE_FILES, times=1),
    ):
        instance = ground.start(older, proxied=True)
        has_begun.wait(RUN_TIMEOUT_SECONDS)
        overtaking.append(ground.start(newer))
        instance.wait()
    for rule in rules:
        ground.proxy.rules.remove(rule)
    losses = ground.settle(older) + ground.settle(newer)
    losses = losses or find_losses(ground, newer) or ground.await_served(NEXT)
    return losses, sum(rule.injected for rule in rules)


def _disturb(proxy: FaultProxy, fault: Fault, times: int) -> Rule:
    return proxy.rules.add(Rule(fault, "GET", _READ_AT_PROMOTION, times=times))


CAMPAIGNS = (
    Campaign(
        "orders",
        "a newer upload overtakes; the older one's reads meet 429, 403, 503, flips, an outage",
        "the newer upload is served, the older run ended as superseded",
        14,
        hold_back_the_older,
    ),
)
