"""An upload whose every delivery fails, in a host that delivers by itself."""

import json
from collections.abc import Iterator

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
from tests.soak.losses import UNFINISHED
from tests.soak.raw_files import NEW, NEXT
from tests.soak.rounds import deliver_now
from tests.support.fault_rules import WRITES
from tests.support.faults import Answer
from tests.support.waiting import wait_until

_POLLING = {"DEVHOST_POLL_SECONDS": "0.2", "DEVHOST_RETRY_SECONDS": "0.1"}
_PATIENCE_SECONDS = 600.0


def poison(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Refuse every file of a release until the platform gives up; then deliver a good upload."""
    tally = Tally()
    for turn in range(rounds):
        ground.reset()
        with ground.reading() as reader:
            losses = _give_up(ground, ground.upload(NEW, f"poison-{turn}.csv"))
            losses += deliver_now(ground, NEXT, ground.upload(NEXT))
        tally.reads += reader.reads
        tally.add("poison", losses + reader.losses)
        yield tally


def _give_up(ground: Ground, blob: str) -> list[str]:
    refused = Answer(403, "AuthorizationFailure")
    with (
        ground.run_host(proxied=True, settings=_POLLING),
        ground.proxy.inject(refused, WRITES, r"/releases/\d{8}T") as rule,
    ):
        wait_until(lambda: has_ended(ground, blob), "the run has ended", _PATIENCE_SECONDS)
    assert rule.injected >= 5, "every delivery fails"
    return []


def has_ended(ground: Ground, blob: str) -> bool:
    """Whether the record of an upload's run says that nobody will try again."""
    for name in ground.releases.list_blob_names(name_starts_with="runs/"):
        record = json.loads(ground.releases.download_blob(name).readall())
        if record["source"]["name"] == blob:
            return record["state"] not in UNFINISHED
    return False


CAMPAIGNS = (
    Campaign(
        "poison",
        "every delivery of an upload fails until the platform gives up",
        "its run says so; the next upload is published",
        2,
        poison,
    ),
)
