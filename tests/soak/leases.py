"""A holder that is frozen, outlives its lease, and goes on beside its successor."""

from collections.abc import Iterator

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
from tests.soak.instances import Instance
from tests.soak.kills import count_writes, spread
from tests.soak.rounds import NeverHappened, deliver_under
from tests.support.fault_rules import WRITES
from tests.support.faults import Call, When


def freeze_holders(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Freeze an instance at each of its writes until its successor is done."""
    tally = Tally()
    whens: tuple[When, ...] = ("before", "after")
    points = [(number, when) for number in range(count_writes(ground)) for when in whens]
    for number, when in spread(points, rounds):
        freeze_at_write(ground, tally, number, when)
        yield tally


def freeze_at_write(ground: Ground, tally: Tally, number: int, when: When) -> None:
    """Freeze an instance at one of its writes, counted from 0; that write arrives late."""
    started: list[Instance] = []

    def freeze(blob: str) -> None:
        def be_succeeded() -> None:
            started[0].freeze()
            ground.let_leases_lapse()
            ground.start(blob).wait()
            started[0].thaw()

        with ground.proxy.inject(Call(when, be_succeeded), WRITES, skip=number, times=1) as rule:
            started.append(ground.start(blob, proxied=True))
            started[0].wait()
        if not rule.injected:
            raise NeverHappened

    deliver_under(ground, tally, f"frozen {when} write {number}", freeze)


CAMPAIGNS = (
    Campaign(
        "leases",
        "an instance freezes at a write, its lease lapses, another takes over, the first goes on",
        "one release; pointer, run and decisions agree",
        16,
        freeze_holders,
    ),
)
