"""Take an upload up again whose run ended without a release."""

import re

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobServiceClient, ContainerClient

from shared.audit.sweep import find_audit
from shared.errors import CreditRiskError
from shared.registry.account import INPUT_CONTAINER, RELEASES_CONTAINER, blob_service
from shared.registry.run_store import LeasedRun, leased_run, now, upload_run
from shared.registry.runs import RunRecord, RunState, list_attempts
from shared.settings import RunSettings, Settings
from training.retraining import retrain

_RUN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{10}")
_AGAIN = frozenset[RunState]({"running", "failed", "abandoned", "rejected"})


class RequeueRefusedError(CreditRiskError):
    """A run cannot be taken up again."""

    status = 409
    title = "The run cannot be taken up again"


def requeue(account: Settings, run: str, who: str, settings: RunSettings | None = None) -> str:
    """Take a run up again: with all its attempts, and with the settings of today.

    Parameters
    ----------
    account : Settings
        Name the storage account.
    run : str
        The run's id.
    who : str
        Who asks for it, for the record.
    settings : RunSettings, optional
        The settings to run with at once; by default, the timer takes the run up.

    Returns
    -------
    str
        What was done.

    Raises
    ------
    RequeueRefusedError
        When there is nothing to take up: no such run, one at work, one with a result, or one
        whose upload is gone.
    """
    service = blob_service(account)
    releases = service.get_container_client(RELEASES_CONTAINER)
    record = _reset(service, releases, run, who)
    name = record["source"]["name"]
    if settings is None:
        return f"{run} is queued again: the timer takes up {name} at its next tick."
    upload = service.get_blob_client(INPUT_CONTAINER, name)
    retrain(upload, releases, settings, find_audit(account))
    return f"{run} was taken up again: see its record for the outcome."


def _reset(service: BlobServiceClient, releases: ContainerClient, run: str, who: str) -> RunRecord:
    if not _RUN.fullmatch(run):
        raise RequeueRefusedError(
            f"Expected the id of a run such as 20261123T060201Z-0a1b2c3d4e, got {run[:60]!r}."
        )
    try:
        with leased_run(releases, run) as held:
            return _reset_held(service, held, run, who)
    except ResourceNotFoundError:
        raise RequeueRefusedError(
            f"Expected the id of a run; there is none named {run}: upload the file again."
        ) from None


def _reset_held(
    service: BlobServiceClient, held: LeasedRun | None, run: str, who: str
) -> RunRecord:
    if held is None:
        raise RequeueRefusedError(f"{run} is being worked on: wait for its outcome.")
    record = held.record
    if record is None:
        raise RequeueRefusedError(f"The record of {run} is damaged: upload the file again.")
    if record["state"] not in _AGAIN:
        raise RequeueRefusedError(
            f"Expected a run without a result, {run} is {record['state']}: upload the file again"
            " to have it trained on again."
        )
    if not _is_there(service, record):
        raise RequeueRefusedError(
            f"{record['source']['name']} was deleted or overwritten since {run}: upload it again."
        )
    reset: RunRecord = {
        **record,
        "state": "failed",
        "attempt": 0,
        "problems": [f"{who} had it taken up again."],
        "updated": now(),
        "earlier": list_attempts(record),
    }
    # What the first attempt fixed may be what it failed for.
    reset.pop("fixed", None)
    upload_run(held.blob, reset, held.lease)
    return reset


def _is_there(service: BlobServiceClient, record: RunRecord) -> bool:
    blob = service.get_blob_client(INPUT_CONTAINER, record["source"]["name"])
    try:
        return blob.get_blob_properties().etag.strip('"') == record["source"].get("etag")
    except ResourceNotFoundError:
        return False
