"""The run record in storage, leased by one instance at a time."""

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
# A live holder has renewed its lease by then.
PATIENCE_SECONDS = LEASE_SECONDS + _RENEW_SECONDS / 2
_JSON = ContentSettings(content_type="application/json")

logger = logging.getLogger(__name__)


class RunRecordWriter:
    """Writes the record of one run after every step, under a lease.

    Notes
    -----
    Uploads are delivered at least once. The lease makes a second delivery wait for the first,
    and expires by itself when the instance that holds it dies.
    """

    def __init__(self, blob: BlobClient, lease: BlobLeaseClient, record: RunRecord) -> None:
        self._blob = blob
        self._lease = lease
        self._record = record
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
        except AzureError as failure:
            logger.warning("The lease on the run record could not be released: %s", failure)

    @property
    def source(self) -> Source:
        """The upload that the run reads; what is assigned goes into the next write."""
        return self._record["source"]

    @source.setter
    def source(self, source: Source) -> None:
        self._record["source"] = source

    def step_started(self, step: Step) -> None:
        self._record["step"] = step.name
        self._write("running")

    def step_finished(self, step: Step) -> None:
        self._record["steps"].append(
            {"name": step.name, "detail": step.detail, "seconds": round(step.seconds, 3)}
        )
        self._write("running")

    def step_failed(self, step: Step) -> None:
        """Leave the record as it is: `reject` or `fail` follows."""

    def conclude(
        self,
        state: Literal["published", "pending", "refused", "rejected"],
        manifest: Manifest,
        problems: list[str],
    ) -> None:
        """End the run with a release in storage, and list what keeps it from being served."""
        self._record["version"] = manifest.version
        self._record["metrics"] = manifest.metrics
        self._record["problems"] = problems
        self._write(state)

    def reject(self, problems: list[str]) -> None:
        """End the run as rejected, with every problem of the file."""
        self._record["problems"] = problems
        self._write("rejected")

    def fail(self, problem: str) -> None:
        """End this attempt as failed; another may follow."""
        self._record["problems"] = [problem]
        self._write("failed")

    def _write(self, state: RunState) -> None:
        self._record["state"] = state
        self._record["updated"] = _now()
        self._blob.upload_blob(
            _encode(self._record),
            overwrite=True,
            lease=self._lease,
            content_settings=_JSON,
        )

    def _renew(self) -> None:
        while not self._closed.wait(_RENEW_SECONDS):
            try:
                self._lease.renew()
            except AzureError as error:
                # If the lease is lost for good, the next write fails, and the run with it.
                logger.warning("The lease on the run record could not be renewed: %s", error)


def open_run_record(container: ContainerClient, run: str, source: Source) -> RunRecordWriter | None:
    """Begin an attempt at a run, unless it has ended or another instance is working on it.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    run : str
        The run's id.
    source : Source
        The upload that the run reads.

    Returns
    -------
    RunRecordWriter or None
        None when there is nothing left to do.
    """
    blob = container.get_blob_client(run_blob_name(run))
    _create_record(blob, _begin_record(run, source, attempt=0))
    lease = _acquire_lease(blob)
    if lease is None:
        logger.info("Run %s is in progress on another instance.", run)
        return None
    earlier: RunRecord = json.loads(blob.download_blob().readall())
    if earlier["state"] in ENDED:
        lease.release()
        logger.info("Run %s already ended: %s.", run, earlier["state"])
        return None
    return RunRecordWriter(blob, lease, _begin_record(run, source, earlier["attempt"] + 1))


def _create_record(blob: BlobClient, record: RunRecord) -> None:
    """Make sure that there is a blob to lease, complete from the start for readers."""
    try:
        blob.upload_blob(_encode(record), overwrite=False, content_settings=_JSON)
    except ResourceExistsError:
        logger.debug("The run already has a record.")


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
