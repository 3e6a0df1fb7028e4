"""The poison queue: uploads that the platform gives up on."""

import logging

import msgspec
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from shared.registry.run_store import leased_run
from shared.registry.runs import (
    ENDED,
    RUNS,
    describe_abandoned,
    is_requeued,
    upload_digest,
)
from training.run_events import log_abandoned

logger = logging.getLogger(__name__)


class PoisonMessage(msgspec.Struct, frozen=True, rename="pascal"):
    """What the platform says of an upload that it gives up on."""

    blob_name: str
    e_tag: str = msgspec.field(name="ETag", default="")


def close_poisoned(releases: ContainerClient, content: bytes) -> str | None:
    """End the run of an upload that the platform gives up on.

    Parameters
    ----------
    releases : ContainerClient
        The releases container.
    content : bytes
        The message from the poison queue.

    Returns
    -------
    str or None
        The run that was ended; None where there is none to end. An upload without a run is taken
        up by the timer.
    """
    try:
        message = msgspec.json.decode(content, type=PoisonMessage)
    except (msgspec.DecodeError, RecursionError) as error:
        logger.error("A message on the poison queue cannot be read: %s", error)  # noqa: TRY400
        return None
    run = _find_run(releases, message)
    if run is None:
        logger.error("%s was given up on before it had a run.", message.blob_name)
        return None
    with leased_run(releases, run) as held:
        record = held.record if held else None
        if held is None or record is None or record["state"] in ENDED or is_requeued(record):
            return None
        held.end("abandoned", describe_abandoned(run))
    log_abandoned({**record, "problems": [describe_abandoned(run)]})
    logger.error("The run %s of %s is abandoned.", run, message.blob_name)
    return run


def _find_run(releases: ContainerClient, message: PoisonMessage) -> str | None:
    end = f"-{upload_digest(message.blob_name, message.e_tag)}.json"
    try:
        names = list(releases.list_blob_names(name_starts_with=RUNS))
    except ResourceNotFoundError:
        return None
    found = [name for name in names if name.endswith(end)]
    return found[0].removeprefix(RUNS).removesuffix(".json") if found else None
