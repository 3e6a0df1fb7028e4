"""The work behind the blob trigger: from an upload to the current release."""

import logging
from datetime import date
from pathlib import Path

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import BlobClient, ContainerClient

from shared.audit.sweep import Audit
from shared.errors import BrokenReleaseError, RejectedFileError
from shared.registry.pointer import refresh_copies
from shared.registry.publishing import (
    Outcome,
    SupersededError,
    find_published,
    refuse_superseded,
)
from shared.registry.reconciling import reconcile
from shared.registry.runs import run_id
from shared.registry.storing import StoredAlreadyError, store_release
from shared.release.manifest import Manifest
from shared.settings import RunSettings, today
from training.anchor_store import name_anchor
from training.as_of import require_past
from training.champion_store import fetch_champion
from training.execution_log import ExecutionLog
from training.pipeline import TrainingJob, build_release
from training.progress import LogLines, Progress
from training.raw_upload import (
    GoneUploadError,
    describe_source,
    download_upload,
    keep_raw_file,
    rejections_confirmed,
)
from training.run_events import RunEvents, StepEvents, log_candidate
from training.run_folder import run_folder
from training.run_opening import fix_settings, open_run_record
from training.run_record import LeaseLostError, RunRecordWriter
from training.settling import settle_stored

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
    source = describe_source(upload, properties)
    run = run_id(source["name"], source["etag"], properties.last_modified)
    record = open_run_record(releases, run, source, fix_settings(settings))
    if record is not None:
        execution, events = ExecutionLog(releases, run, audit), RunEvents(record.content)
        with record:
            try:
                _attempt(upload, releases, settings, record, execution)
            finally:
                execution.end()
                events.end()


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
            # An earlier attempt may have stored the release.
            settled = settle_stored(releases, record.version, settings.promotion)
            settled = settled or _build_and_publish(upload, releases, settings, record, execution)
            _conclude(record, *settled)
    except RejectedFileError as error:
        logger.warning("%s was rejected: %s", upload.blob_name, error)
        record.reject(error.problems)
    except (SupersededError, GoneUploadError) as error:
        logger.warning("%s was superseded: %s", upload.blob_name, error)
        record.supersede(str(error))
    except LeaseLostError as error:
        # Whoever took over is delivered the upload too; the timer takes up what nobody does.
        logger.warning("%s: %s", upload.blob_name, error)
    except Exception as error:
        _record_failure(record, error)
        raise


def _record_failure(record: RunRecordWriter, error: Exception) -> None:
    """Record the failure; a storage error on the way must not mask it."""
    try:
        record.fail(f"{type(error).__name__}: {error}")
    except (AzureError, LeaseLostError) as unwritten:
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
) -> tuple[Manifest, Outcome]:
    progress = Progress([LogLines(), record, execution, StepEvents(record.content)])
    refuse_superseded(releases, record.source)
    as_of = date.fromisoformat(record.fixed["as_of"])
    require_past(as_of, today(), forced=settings.as_of_force)
    with run_folder() as folder:
        champion = name_anchor(fetch_champion(releases, folder), releases, settings.anchor_version)
        csv = folder / "raw.csv"
        with progress.step("download") as step:
            record.source, stated = download_upload(upload, csv, record.source)
            step.detail = f"{record.source['bytes']:,} bytes"
            if settings.keep_raw:
                keep_raw_file(releases, csv, record.source["sha256"])
        audit_head = execution.begin()
        job = TrainingJob(
            csv,
            record.source,
            as_of,
            record.fixed["cost_ratio"],
            record.fixed["outcome_lag_days"],
            champion,
            version=record.version,
            audit_head=audit_head,
            keep_csv=False,
        )
        release = folder / "release"
        with rejections_confirmed(upload, record.source):
            manifest = build_release(job, release, progress)
            stated.check_rows(manifest.data_quality.rows)
        with progress.step("publish") as step:
            _store(releases, release, manifest, record)
            settled = settle_stored(releases, record.version, settings.promotion)
            if settled is None:
                raise BrokenReleaseError(f"{record.version} is not in storage: it is tried again.")
            step.detail = f"{record.version}: {settled[1].state}"
    return settled


def _store(
    releases: ContainerClient, release: Path, manifest: Manifest, record: RunRecordWriter
) -> None:
    try:
        store_release(releases, release, manifest, record.check)
    except StoredAlreadyError:
        # An earlier attempt that was held up has stored its own build: that one counts.
        record.check()


def _conclude(record: RunRecordWriter, manifest: Manifest, outcome: Outcome) -> None:
    if outcome.state == "refused":
        logger.warning("%s was refused: %s", manifest.version, "; ".join(outcome.reasons))
    log_candidate(record.content["id"], manifest, outcome.state)
    record.source = manifest.source
    record.conclude(outcome.state, manifest, outcome.reasons)
