"""The work behind the blob trigger: from an upload to the current release."""

import logging
import shutil
import tempfile
from datetime import UTC
from pathlib import Path

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import BlobClient, BlobProperties, ContainerClient

from shared.errors import RejectedFileError
from shared.registry.pointer import refresh_copies
from shared.registry.publishing import (
    SupersededError,
    find_published,
    publish_release,
    refuse_superseded,
)
from shared.registry.runs import run_id
from shared.release.facts import Source
from shared.release.manifest import file_sha256
from shared.settings import RunSettings, today
from training.champion_store import fetch_champion
from training.journal import RunRecordWriter, open_run_record
from training.pipeline import TrainingJob, build_release
from training.progress import LogLines, Progress

# A release takes no more room than the raw file it is made from; both lie there at once.
_ROOM_PER_RAW_BYTE = 2

logger = logging.getLogger(__name__)


def retrain(upload: BlobClient, releases: ContainerClient, settings: RunSettings) -> None:
    """Make a release of an upload and publish it, once, however often it is delivered.

    Parameters
    ----------
    upload : BlobClient
        The raw file in the input container.
    releases : ContainerClient
        The releases container; made when it is not there.
    settings : RunSettings
        As-of date, cost ratio and lag of the run; whether what passes becomes current by itself.

    Raises
    ------
    Exception
        Whatever fault of the machine or the network came up: the platform delivers again. A file
        that breaks the data contract raises nothing; its run record tells what is wrong.
    """
    try:
        properties = upload.get_blob_properties()
    except ResourceNotFoundError:
        logger.warning("%s is gone: nothing to do.", upload.blob_name)
        return
    if not releases.exists():
        releases.create_container()
    source = _describe_source(upload, properties)
    run = run_id(source["name"], source["etag"], properties.last_modified)
    journal = open_run_record(releases, run, source)
    if journal is not None:
        with journal:
            _attempt(upload, releases, settings, journal)


def _describe_source(upload: BlobClient, properties: BlobProperties) -> Source:
    return {
        "name": str(upload.blob_name),
        "etag": properties.etag.strip('"'),
        "last_modified": properties.last_modified.astimezone(UTC).isoformat(),
        "bytes": properties.size,
    }


def _attempt(
    upload: BlobClient, releases: ContainerClient, settings: RunSettings, journal: RunRecordWriter
) -> None:
    try:
        if not _was_published(releases, journal):
            _make_and_publish(upload, releases, settings, journal)
    except RejectedFileError as error:
        logger.warning("%s was rejected: %s", upload.blob_name, error)
        journal.reject(error.problems)
    except SupersededError as error:
        logger.warning("%s was rejected: %s", upload.blob_name, error)
        journal.reject([str(error)])
    except Exception as error:
        _note_failure(journal, error)
        raise


def _note_failure(journal: RunRecordWriter, error: Exception) -> None:
    """Record the fault; storage that is gone must not hide it."""
    try:
        journal.fail(f"{type(error).__name__}: {error}")
    except AzureError as unwritten:
        logger.warning("The run record could not be written: %s", unwritten)


def _was_published(releases: ContainerClient, journal: RunRecordWriter) -> bool:
    """End the run when an earlier attempt published, and came to grief before it could say so."""
    manifest = find_published(releases, journal.record["source"])
    if manifest is None:
        return False
    refresh_copies(releases, manifest.version)
    journal.conclude("published", manifest, [])
    return True


def _make_and_publish(
    upload: BlobClient, releases: ContainerClient, settings: RunSettings, journal: RunRecordWriter
) -> None:
    source = journal.record["source"]
    progress = Progress([LogLines(), journal])
    refuse_superseded(releases, source)
    with tempfile.TemporaryDirectory(prefix="credit-risk-run-") as folder:
        csv = Path(folder) / "raw.csv"
        with progress.step("download") as step:
            _download(upload, csv, source)
            step.detail = f"{source['bytes']:,} bytes"
        job = TrainingJob(
            csv,
            source,
            settings.as_of or today(),
            settings.cost_ratio,
            settings.outcome_lag_days,
            fetch_champion(releases, Path(folder)),
        )
        release = Path(folder) / "release"
        manifest = build_release(job, release, progress)
        with progress.step("publish") as step:
            outcome = publish_release(releases, release, manifest, settings.promotion)
            step.detail = f"{manifest.version}: {outcome.state}"
    if outcome.state == "refused":
        logger.warning("%s was refused: %s", manifest.version, "; ".join(outcome.reasons))
    journal.conclude(outcome.state, manifest, outcome.reasons)


def _download(upload: BlobClient, csv: Path, source: Source) -> None:
    """Stream the very upload that the run is of to disk, and add its digest to the source."""
    needed = source["bytes"] * _ROOM_PER_RAW_BYTE
    free = shutil.disk_usage(csv.parent).free
    if free < needed:
        raise OSError(f"{needed:,} bytes of temporary storage are needed, {free:,} are free.")
    with csv.open("wb") as file:
        upload.download_blob(
            etag=source["etag"], match_condition=MatchConditions.IfNotModified
        ).readinto(file)
    source["sha256"] = file_sha256(csv)
