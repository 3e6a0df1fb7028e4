"""Uploads that are delivered several times, at once, or on several hosts; and changed meanwhile."""

import time
from collections.abc import Iterator

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
from tests.soak.losses import find_losses
from tests.soak.raw_files import NEW, NEXT
from tests.soak.rounds import deliver_now, deliver_under
from tests.support.faults import Call


def deliver_several_times(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Deliver one blob 1, 2 and 5 times, one after another and at once."""
    tally = Tally()
    ways = [(1, False), (2, False), (5, False), (2, True), (5, True)]
    for times, at_once in ways[:rounds]:

        def deliver(blob: str, times: int = times, at_once: bool = at_once) -> None:
            instances = []
            for _ in range(times):
                instances.append(ground.start(blob))
                if not at_once:
                    instances[-1].wait()
            for instance in instances:
                instance.wait()

        what = f"delivered {times} times {'at once' if at_once else 'in turn'}"
        deliver_under(ground, tally, what, deliver)
        yield tally


def deliver_on_two_hosts(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Deliver two uploads to two instances at the same time."""
    tally = Tally()
    for turn in range(rounds):
        ground.reset()
        with ground.reading() as reader:
            earlier = ground.upload(NEW)
            # The emulator tells the order of uploads to the second only.
            time.sleep(1.1)
            later = ground.upload(NEXT)
            order = (earlier, later) if turn % 2 else (later, earlier)
            for instance in [ground.start(blob) for blob in order]:
                instance.wait()
            losses = ground.settle(earlier) + ground.settle(later)
            losses = losses or find_losses(ground, later) or ground.await_served(NEXT)
        tally.reads += reader.reads
        tally.add("two uploads on two hosts", losses + reader.losses)
        yield tally


def change_while_read(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Overwrite or delete an upload at the moment when an instance reads it."""
    tally = Tally()
    for turn in range(rounds):
        deleted = bool(turn % 2)
        ground.reset()
        with ground.reading() as reader:
            losses = _change(ground, ground.upload(NEW), deleted=deleted)
        tally.reads += reader.reads
        tally.add("deleted" if deleted else "overwritten", losses + reader.losses)
        yield tally


def _change(ground: Ground, blob: str, *, deleted: bool) -> list[str]:
    def change() -> None:
        if deleted:
            ground.inputs.delete_blob(blob)
        else:
            ground.upload(NEXT, blob)

    with ground.proxy.inject(Call("before", change), "GET", f"/input/{blob}$", times=1) as rule:
        ground.start(blob, proxied=True).wait()
    assert rule.injected == 1, "the instance reads its upload"
    # What the platform does with the event of the upload that is gone, and with the new one's.
    losses = ground.settle(blob)
    return losses + deliver_now(ground, NEXT, ground.upload(NEXT) if deleted else blob)


CAMPAIGNS = (
    Campaign(
        "deliveries",
        "one upload is delivered 1, 2 or 5 times, in turn and at once",
        "one release, one run, published once",
        5,
        deliver_several_times,
    ),
    Campaign(
        "hosts",
        "two uploads are delivered to two hosts at once",
        "the later upload is served, both runs have ended",
        6,
        deliver_on_two_hosts,
    ),
    Campaign(
        "changed",
        "an upload is overwritten or deleted while it is read",
        "its run has ended, what is in the container now is served",
        6,
        change_while_read,
    ),
)
