"""Instances whose clocks are an hour behind, an hour or a year ahead."""

from collections.abc import Iterator

from tests.soak.campaign import Campaign, Tally
from tests.soak.clocks import CLOCK_SECONDS
from tests.soak.ground import Ground
from tests.soak.losses import find_losses
from tests.soak.raw_files import NEW, NEXT, OLD
from tests.soak.rounds import deliver_now

_HOUR, _YEAR = 3600, 365 * 24 * 3600
_SHIFTS = (-_HOUR, _HOUR, _YEAR)


def shift_clocks(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Publish, go back and publish again, each on an instance whose clock is off."""
    tally = Tally()
    pairs = [(run, person) for run in _SHIFTS for person in _SHIFTS]
    for turn in range(rounds):
        run, person = pairs[turn * 4 % len(pairs)]
        ground.reset(NEW)
        with ground.reading() as reader:
            losses = _decide_between_uploads(ground, run, person)
        tally.reads += reader.reads
        tally.add(f"the run {run:+} s, the person {person:+} s", losses + reader.losses)
        yield tally


def _decide_between_uploads(ground: Ground, run: int, person: int) -> list[str]:
    """Upload, go back, run, then upload again: the decision holds, the last upload is served."""
    before = ground.upload(NEXT, "before.csv")
    answer = ground.decide("regreso", settings=_clock(person)).answer()
    if answer.status != 200:
        return [f"the way back is refused: {answer.status} {answer.body[:300]}"]
    losses = ground.settle(before, _clock(run)) or ground.await_served(OLD)
    served = find_losses(ground, f"{OLD}.csv")
    losses += [f"after the decision, {loss}" for loss in served]
    after = ground.upload(NEXT, "after.csv")
    losses += ground.settle(after, _clock(run))
    return losses or deliver_now(ground, NEXT, after)


def _clock(seconds: int) -> dict[str, str]:
    return {CLOCK_SECONDS: str(seconds)}


CAMPAIGNS = (
    Campaign(
        "clocks",
        "the clocks of instances are an hour behind, an hour or a year ahead",
        "an upload made before a decision waits, one made after it is served",
        9,
        shift_clocks,
    ),
)
