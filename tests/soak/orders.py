"""An older upload that is about to be promoted while a newer one is served already."""

from collections.abc import Iterator

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
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
            losses = _overtake(ground, fault, times)
        tally.reads += reader.reads
        tally.add(f"{fault} {times} times on comparing", losses + reader.losses)
        yield tally


def _overtake(ground: Ground, fault: Fault, times: int) -> list[str]:
    older, newer = ground.upload(NEW), ground.upload(NEXT)
    rules: list[Rule] = []

    def publish_newer() -> None:
        ground.start(newer).wait()
        rules.append(_disturb(ground.proxy, fault, times))

    with ground.proxy.inject(
        Call("before", publish_newer), "PUT", _RELEASE_FILES, times=1
    ) as overtaking:
        ground.start(older, proxied=True).wait()
    for rule in rules:
        ground.proxy.rules.remove(rule)
    assert overtaking.injected == 1, "the older upload's release is stored"
    assert rules[0].injected, "what is compared with is read"
    losses = ground.settle(older) + ground.settle(newer)
    return losses or find_losses(ground, newer) or ground.await_served(NEXT)


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
