"""The run record in storage, held by one instance at a time."""

import json
import logging
import threading
import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, Self

from azure.core.exceptions import AzureError, HttpResponseError, ResourceExistsError
from azure.storage.blob import BlobClient, BlobLeaseClient, ContainerClient, ContentSettings

from shared.registry.runs import ENDED, RunRecord, RunState, run_blob_name
from shared.release.facts import Source
from shared.release.manifest import Manifest
from training.progress import Step

LEASE_SECONDS = 30
_RENEW_SECONDS = 10
# Whoever holds the lease and is alive has renewed it by then.
PATIENCE_SECONDS = LEASE_SECONDS + _RENEW_SECONDS / 2
_JSON = ContentSettings(content_type="application/json")

logger = logging.getLogger(__name__)


class RunRecordWriter:
    """Writes the record of one run after every step, under a lease.

    Notes
    -----
    Delivery of an upload is at least once. The lease makes a second delivery wait for the first;
    it ends by itself when the instance that holds it dies.
    """

    def __init__(self, blob: BlobClient, lease: BlobLeaseClient, record: RunRecord) -> None:
        self.record = record
        self._blob = blob
        self._lease = lease
        self._closed = threading.Event()
        self._renewing = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> Self:
        self._renewing.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closed.set()
        self._renewing.join()
        try:
            self._lease.release()
        except AzureError as lost:
            logger.warning("The lease on the run record could not be released: %s", lost)

    def step_started(self, step: Step) -> None:
        self.record["step"] = step.name
        self._write("running")

    def step_finished(self, step: Step) -> None:
        self.record["steps"].append(
            {"name": step.name, "detail": step.detail, "seconds": round(step.seconds, 3)}
        )
        self._write("running")

    def step_failed(self, step: Step) -> None:
        """Leave the record as it is: how the run ends is told by `reject` or `fail`."""

    def conclude(
        self,
        state: Literal["published", "pending", "refused"],
        manifest: Manifest,
        problems: list[str],
    ) -> None:
        """End the run with a release in storage, and tell what keeps it from being served."""
        self.record["version"] = manifest.version
        self.record["metrics"] = manifest.metrics
        self.record["problems"] = problems
        self._write(state)

    def reject(self, problems: list[str]) -> None:
        """End the run as rejected, with all that is wrong with the file."""
        self.record["problems"] = problems
        self._write("rejected")

    def fail(self, problem: str) -> None:
        """End this attempt as failed; another may follow."""
        self.record["problems"] = [problem]
        self._write("failed")

    def _write(self, state: RunState) -> None:
        self.record["state"] = state
        self.record["updated"] = _now()
        self._blob.upload_blob(
            _encode(self.record),
            overwrite=True,
            lease=self._lease,
            content_settings=_JSON,
        )

    def _renew(self) -> None:
        while not self._closed.wait(_RENEW_SECONDS):
            try:
                self._lease.renew()
            except AzureError as error:
                # A lease that is lost for good makes the next write fail, and with it the run.
                logger.warning("The lease on the run record could not be renewed: %s", error)


def open_run_record(container: ContainerClient, run: str, source: Source) -> RunRecordWriter | None:
    """Begin an attempt of a run, unless it is done or another instance is at it.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    run : str
        Id of the run.
    source : Source
        The upload it reads.

    Returns
    -------
    RunRecordWriter or None
        None when there is nothing left to do here.
    """
    blob = container.get_blob_client(run_blob_name(run))
    _create_record(blob, _begin_record(run, source, attempt=0))
    lease = _acquire_lease(blob)
    if lease is None:
        logger.info("Run %s is under way on another instance.", run)
        return None
    earlier: RunRecord = json.loads(blob.download_blob().readall())
    if earlier["state"] in ENDED:
        lease.release()
        logger.info("Run %s has ended before: %s.", run, earlier["state"])
        return None
    return RunRecordWriter(blob, lease, _begin_record(run, source, earlier["attempt"] + 1))


def _create_record(blob: BlobClient, record: RunRecord) -> None:
    """Make sure that there is something to lease; whoever follows the run never reads half."""
    try:
        blob.upload_blob(_encode(record), overwrite=False, content_settings=_JSON)
    except ResourceExistsError:
        logger.debug("The run has a record already.")


def _acquire_lease(blob: BlobClient) -> BlobLeaseClient | None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return blob.acquire_lease(LEASE_SECONDS)
        except HttpResponseError as error:
            if getattr(error, "error_code", None) != "LeaseAlreadyPresent":
                raise
        if time.monotonic() > deadline:
            return None
        time.sleep(1)


def _begin_record(run: str, source: Source, attempt: int) -> RunRecord:
    now = _now()
    return {
        "id": run,
        "state": "running",
        "attempt": attempt,
        "source": source,
        "started": now,
        "updated": now,
        "steps": [],
        "problems": [],
    }


def _encode(record: RunRecord) -> bytes:
    return json.dumps(record, indent=2).encode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
