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
        blob = ground.upload(NEW)
        times = 1
        try:
            fault(blob)
        except NeverHappened:
            times = 0
        losses = deliver_now(ground, NEW, blob)
        losses += [f"then, {loss}" for loss in deliver_now(ground, NEXT, ground.upload(NEXT))]
    tally.reads += reader.reads
    tally.add(what, losses + reader.losses, times)


def deliver_now(ground: Ground, file: str, blob: str) -> list[str]:
    """Deliver an upload without a fault until it is done; return what is then missing."""
    return ground.settle(blob) or find_losses(ground, blob) or ground.await_served(file)
