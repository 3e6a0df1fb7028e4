"""Begin an attempt at a run, unless there is nothing left to do."""

import logging
from datetime import UTC, datetime
from uuid import uuid4

from azure.storage.blob import ContainerClient

from shared.registry.run_lease import acquire_lease, release_lease
from shared.registry.run_store import (
    create_run,
    now,
    read_leased,
    upload_run,
)
from shared.registry.runs import (
    ENDED,
    MAX_ATTEMPTS,
    FixedSettings,
    RunRecord,
    describe_abandoned,
    describe_interruption,
    list_attempts,
    run_blob_name,
)
from shared.release.source import Source
from shared.release.version import name_version
from shared.settings import RunSettings, today
from training.run_events import log_abandoned
from training.run_record import RunRecordWriter

logger = logging.getLogger(__name__)


def open_run_record(
    container: ContainerClient, run: str, source: Source, fixed: FixedSettings
) -> RunRecordWriter | None:
    """Begin an attempt at a run, unless it has ended or another instance is working on it.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    run : str
        The run's id.
    source : Source
        The upload that the run reads.
    fixed : FixedSettings
        What the first attempt fixes; a later one keeps what the first had.

    Returns
    -------
    RunRecordWriter or None
        None when there is nothing left to do.
    """
    first = _begin_record(run, source, fixed)
    create_run(container, first)
    blob = container.get_blob_client(run_blob_name(run))
    lease = acquire_lease(blob)
    if lease is None:
        logger.info("Run %s is in progress on another instance.", run)
        return None
    # A damaged record costs what it held, not the upload.
    earlier = read_leased(container, run) or first
    if earlier["state"] in ENDED:
        release_lease(lease)
        logger.info("Run %s already ended: %s.", run, earlier["state"])
        return None
    record: RunRecord = {
        **first,
        "attempt": earlier["attempt"] + 1,
        "version": earlier.get("version", first["version"]),
        "fixed": earlier.get("fixed", fixed),
        "earlier": list_attempts(earlier),
        "problems": _note_interruption(earlier),
    }
    if earlier["attempt"] >= MAX_ATTEMPTS:
        record |= {
            "state": "abandoned",
            "attempt": earlier["attempt"],
            "started": earlier["started"],
            "earlier": earlier.get("earlier", []),
            "problems": [describe_abandoned(run)],
        }
        upload_run(blob, record, lease)
        release_lease(lease)
        log_abandoned(record)
        return None
    # Written before any work, so that an attempt that is killed counts.
    upload_run(blob, record, lease)
    return RunRecordWriter(blob, lease, record)


def _note_interruption(earlier: RunRecord) -> list[str]:
    """Say of an attempt that ended without a word, as when a deployment kills its instance."""
    if earlier["state"] != "running" or not earlier["attempt"]:
        return []
    return [describe_interruption(earlier)]


def fix_settings(settings: RunSettings) -> FixedSettings:
    """Fix what must not differ between the attempts at a run."""
    return {
        "as_of": (settings.as_of or today()).isoformat(),
        "cost_ratio": settings.cost_ratio,
        "outcome_lag_days": settings.outcome_lag_days,
    }


def _begin_record(run: str, source: Source, fixed: FixedSettings) -> RunRecord:
    begun = now()
    return {
        "id": run,
        "state": "running",
        "attempt": 0,
        "source": source,
        "started": begun,
        "updated": begun,
        "steps": [],
        "problems": [],
        "version": name_version(datetime.now(UTC), uuid4().hex),
        "fixed": fixed,
    }
