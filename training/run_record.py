"""The run record in storage, leased by one instance at a time."""

import logging
import threading
from contextvars import copy_context
from types import TracebackType
from typing import Literal, Self

from azure.core.exceptions import AzureError, HttpResponseError
from azure.storage.blob import BlobClient, BlobLeaseClient

from shared.errors import CreditRiskError
from shared.registry.run_lease import release_lease
from shared.registry.run_store import now, upload_run
from shared.registry.runs import (
    MAX_ATTEMPTS,
    FixedSettings,
    RunRecord,
    RunState,
    describe_abandoned,
)
from shared.release.manifest import Manifest
from shared.release.source import Source
from training.progress import Step

_RENEW_SECONDS = 10
_LEASE_LOST = (
    "LeaseIdMismatchWithBlobOperation",
    "LeaseIdMismatchWithLeaseOperation",
    "LeaseIsBrokenAndCannotBeRenewed",
    "LeaseLost",
    "LeaseNotPresentWithBlobOperation",
    "LeaseNotPresentWithLeaseOperation",
    "BlobNotFound",
)

logger = logging.getLogger(__name__)


class LeaseLostError(CreditRiskError):
    """The lease on the run record lapsed: another attempt may have taken over."""

    status = 409
    title = "Another attempt has taken over"


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
        # In the invocation's context, without which its lines are dropped.
        self._renewing = threading.Thread(
            target=copy_context().run, args=(self._renew,), daemon=True
        )

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
        release_lease(self._lease)

    @property
    def content(self) -> RunRecord:
        """What is written, up to date and not to be changed."""
        return self._record

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

    @property
    def version(self) -> str:
        """The release that the run makes, in whichever attempt."""
        return self._record["version"]

    @property
    def fixed(self) -> FixedSettings:
        """The settings of the run's first attempt."""
        return self._record["fixed"]

    def check(self) -> None:
        """Make sure that no other attempt has taken over.

        Raises
        ------
        LeaseLostError
            When one may have.
        """
        try:
            self._lease.renew()
        except HttpResponseError as error:
            raise _translate(error) from error

    def conclude(
        self,
        state: Literal["published", "pending", "refused", "rejected"],
        manifest: Manifest,
        problems: list[str],
    ) -> None:
        """End the run with a release in storage, and list what keeps it from being served."""
        # Another one than was planned, where the record of the run that made it was lost.
        self._record["version"] = manifest.version
        self._record["metrics"] = manifest.metrics
        self._record["problems"] = problems
        self._write(state)

    def reject(self, problems: list[str]) -> None:
        """End the run as rejected, with every problem of the file."""
        self._record["problems"] = problems
        self._write("rejected")

    def supersede(self, problem: str) -> None:
        """End the run without a release, as a newer upload has taken the place of this one."""
        self._record["problems"] = [problem]
        self._write("superseded")

    def fail(self, problem: str) -> None:
        """End this attempt as failed; another follows, unless it was the last."""
        self._record["problems"] = [problem]
        if self._record["attempt"] < MAX_ATTEMPTS:
            self._write("failed")
        else:
            self._record["problems"].append(describe_abandoned(self._record["id"]))
            self._write("abandoned")

    def _write(self, state: RunState) -> None:
        self._record["state"] = state
        self._record["updated"] = now()
        try:
            upload_run(self._blob, self._record, self._lease)
        except HttpResponseError as error:
            if not isinstance(_translate(error), LeaseLostError):
                raise
            # One that lapsed while nobody else asked for it is renewed: the attempt goes on.
            self.check()
            upload_run(self._blob, self._record, self._lease)

    def _renew(self) -> None:
        while not self._closed.wait(_RENEW_SECONDS):
            try:
                self._lease.renew()
            except AzureError as error:
                # If the lease is lost for good, the next write fails, and the run with it.
                logger.warning("The lease on the run record could not be renewed: %s", error)


def _translate(error: HttpResponseError) -> Exception:
    if getattr(error, "error_code", None) not in _LEASE_LOST:
        return error
    return LeaseLostError(
        "Expected to hold the lease on the run record; it lapsed: this attempt ends, another one"
        " may have taken over."
    )
