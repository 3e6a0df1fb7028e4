"""An upload whose every delivery fails, in a host that delivers by itself."""

import base64
import json
from collections.abc import Iterator

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.queue import QueueServiceClient

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
from tests.soak.raw_files import NEW, NEXT
from tests.soak.rounds import deliver_now
from tests.support.fault_rules import WRITES
from tests.support.faults import Answer
from tests.support.waiting import wait_until

_QUEUE = "webjobs-blobtrigger-poison"
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
        wait_until(lambda: blob in _find_poisoned(ground), "it is poison", _PATIENCE_SECONDS)
    assert rule.injected >= 5, "every delivery fails"
    return [] if _state(ground, blob) else ["the run has no record"]


def _find_poisoned(ground: Ground) -> list[str]:
    with QueueServiceClient.from_connection_string(ground.storage) as service:
        try:
            found = service.get_queue_client(_QUEUE).peek_messages(32)
        except ResourceNotFoundError:
            return []
        return [json.loads(base64.b64decode(one.content))["BlobName"] for one in found]


def _state(ground: Ground, blob: str) -> str | None:
    for name in ground.releases.list_blob_names(name_starts_with="runs/"):
        record = json.loads(ground.releases.download_blob(name).readall())
        if record["source"]["name"] == blob:
            return str(record["state"])
    return None


CAMPAIGNS = (
    Campaign(
        "poison",
        "every delivery of an upload fails until the platform gives up",
        "its run says so; the next upload is published",
        2,
        poison,
    ),
)
