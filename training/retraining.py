"""The work behind the blob trigger: from an upload to the current release."""

import logging
import shutil
import tempfile
from datetime import UTC
from pathlib import Path

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobProperties, ContainerClient

from shared.audit.sweep import Audit
from shared.errors import RejectedFileError
from shared.registry.pointer import refresh_copies
from shared.registry.publishing import (
    SupersededError,
    find_published,
    publish_release,
    refuse_superseded,
)
from shared.registry.reconciling import reconcile
from shared.registry.runs import run_id
from shared.release.facts import Source
from shared.release.manifest import file_sha256
from shared.settings import RunSettings, today
from training.anchor_store import name_anchor
from training.champion_store import fetch_champion
from training.execution_log import ExecutionLog
from training.pipeline import TrainingJob, build_release
from training.progress import LogLines, Progress
from training.run_record import RunRecordWriter, open_run_record

# A release is no larger than its raw file, and both are on disk at the same time.
_DISK_BYTES_PER_RAW_BYTE = 2

logger = logging.getLogger(__name__)


def retrain(
    upload: BlobClient,
    releases: ContainerClient,
    settings: RunSettings,
    audit: Audit | None = None,
) -> None:
    """Build a release from an upload and publish it once, however often the upload is delivered.

    Parameters
    ----------
    upload : BlobClient
        The raw file in the input container.
    releases : ContainerClient
        The releases container; created when it is missing.
    settings : RunSettings
        As-of date, cost ratio, outcome lag and promotion mode of the run.
    audit : Audit, optional
        Where the execution is recorded as it proceeds.

    Raises
    ------
    Exception
        Any infrastructure failure, so that the platform delivers the upload again. A file that
        breaks the data contract raises nothing: its run record lists the problems.
    """
    try:
        properties = upload.get_blob_properties()
    except ResourceNotFoundError:
        logger.warning("%s no longer exists: nothing to do.", upload.blob_name)
        return
    if not releases.exists():
        releases.create_container()
    source = _describe_source(upload, properties)
    run = run_id(source["name"], source["etag"], properties.last_modified)
    record = open_run_record(releases, run, source)
    if record is not None:
        execution = ExecutionLog(releases, run, audit)
        with record:
            try:
                _attempt(upload, releases, settings, record, execution)
            finally:
                execution.end()


def _describe_source(upload: BlobClient, properties: BlobProperties) -> Source:
    return {
        "name": str(upload.blob_name),
        "etag": properties.etag.strip('"'),
        "last_modified": properties.last_modified.astimezone(UTC).isoformat(),
        "bytes": properties.size,
    }


def _attempt(
    upload: BlobClient,
    releases: ContainerClient,
    settings: RunSettings,
    record: RunRecordWriter,
    execution: ExecutionLog,
) -> None:
    try:
        reconcile(releases)
        if not _was_published(releases, record):
            _build_and_publish(upload, releases, settings, record, execution)
    except RejectedFileError as error:
        logger.warning("%s was rejected: %s", upload.blob_name, error)
        record.reject(error.problems)
    except SupersededError as error:
        logger.warning("%s was rejected: %s", upload.blob_name, error)
        record.reject([str(error)])
    except Exception as error:
        _record_failure(record, error)
        raise


def _record_failure(record: RunRecordWriter, error: Exception) -> None:
    """Record the failure; a storage error on the way must not mask it."""
    try:
        record.fail(f"{type(error).__name__}: {error}")
    except AzureError as unwritten:
        logger.warning("The run record could not be written: %s", unwritten)


def _was_published(releases: ContainerClient, record: RunRecordWriter) -> bool:
    """Conclude the run if an earlier attempt published but died before recording it."""
    manifest = find_published(releases, record.source)
    if manifest is None:
        return False
    refresh_copies(releases, manifest.version)
    record.conclude("published", manifest, [])
    return True


def _build_and_publish(
    upload: BlobClient,
    releases: ContainerClient,
    settings: RunSettings,
    record: RunRecordWriter,
    execution: ExecutionLog,
) -> None:
    progress = Progress([LogLines(), record, execution])
    refuse_superseded(releases, record.source)
    with tempfile.TemporaryDirectory(prefix="credit-risk-run-") as folder:
        csv = Path(folder) / "raw.csv"
        with progress.step("download") as step:
            record.source = {**record.source, "sha256": _download(upload, csv, record.source)}
            step.detail = f"{record.source['bytes']:,} bytes"
        audit_head = execution.begin()
        job = TrainingJob(
            csv,
            record.source,
            settings.as_of or today(),
            settings.cost_ratio,
            settings.outcome_lag_days,
            name_anchor(fetch_champion(releases, Path(folder)), releases, settings.anchor_version),
            audit_head,
        )
        release = Path(folder) / "release"
        manifest = build_release(job, release, progress)
        with progress.step("publish") as step:
            outcome = publish_release(releases, release, manifest, settings.promotion)
            step.detail = f"{manifest.version}: {outcome.state}"
    if outcome.state == "refused":
        logger.warning("%s was refused: %s", manifest.version, "; ".join(outcome.reasons))
    record.conclude(outcome.state, manifest, outcome.reasons)


def _download(upload: BlobClient, csv: Path, source: Source) -> str:
    """Stream exactly the upload that the run is about to disk; return its SHA-256."""
    needed = source["bytes"] * _DISK_BYTES_PER_RAW_BYTE
    free = shutil.disk_usage(csv.parent).free
    if free < needed:
        raise OSError(f"Expected {needed:,} bytes of free temporary storage, found {free:,}.")
    with csv.open("wb") as file:
        upload.download_blob(
            etag=source["etag"], match_condition=MatchConditions.IfNotModified
        ).readinto(file)
    return file_sha256(csv)
