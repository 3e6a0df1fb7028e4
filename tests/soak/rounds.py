"""One round: a file is delivered under a fault, the dust settles, everything is checked."""

from collections.abc import Callable

from tests.soak.campaign import Tally
from tests.soak.ground import Ground
from tests.soak.losses import find_losses
from tests.soak.raw_files import NEW, NEXT


class NeverHappened(Exception):  # noqa: N818 -- a result, not an error
    """The fault met nothing: the run was over, or took another way."""


type Fault = Callable[[str], None]
"""Delivers the named upload and does harm meanwhile; what it starts has ended when it returns."""


def deliver_under(ground: Ground, tally: Tally, what: str, fault: Fault) -> None:
    """Serve the old file, deliver the new one under a fault, then the next one without.

    After the fault the platform delivers the new file again until an instance is content. Readers
    read all the while.
    """
    ground.reset()
    with ground.reading() as reader:
        _suffer(ground, tally, NEW, (what, fault))
        losses = deliver_now(ground, NEXT, ground.upload(NEXT))
    tally.reads += reader.reads
    tally.add(what, [*(f"then, {loss}" for loss in losses), *reader.losses], times=0)


def deliver_both_under(
    ground: Ground, tally: Tally, first: tuple[str, Fault], second: tuple[str, Fault]
) -> None:
    """Do likewise, with a fault of its own under each of the two deliveries."""
    ground.reset()
    with ground.reading() as reader:
        _suffer(ground, tally, NEW, first)
        _suffer(ground, tally, NEXT, second)
    tally.reads += reader.reads
    tally.add(f"{first[0]}, then {second[0]}", reader.losses, times=0)


def _suffer(ground: Ground, tally: Tally, file: str, step: tuple[str, Fault]) -> None:
    what, fault = step
    blob = ground.upload(file)
    times = 1
    try:
        fault(blob)
    except NeverHappened:
        times = 0
    tally.add(what, deliver_now(ground, file, blob), times)


def deliver_now(ground: Ground, file: str, blob: str, damaged: str = "") -> list[str]:
    """Deliver an upload without a fault until it is done; return what is then missing."""
    return ground.settle(blob) or find_losses(ground, blob, damaged) or ground.await_served(file)
