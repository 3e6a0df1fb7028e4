"""The lease on a run record: one attempt works on a run at a time."""

import logging
import time

from azure.core.exceptions import AzureError, HttpResponseError
from azure.storage.blob import BlobClient, BlobLeaseClient

LEASE_SECONDS = 30
# A live holder has renewed its lease by then.
PATIENCE_SECONDS = LEASE_SECONDS + 5

logger = logging.getLogger(__name__)


def acquire_lease(
    blob: BlobClient, patience_seconds: float | None = None
) -> BlobLeaseClient | None:
    """Lease a run record; None while a live attempt holds it.

    Parameters
    ----------
    blob : BlobClient
        The record.
    patience_seconds : float, optional
        How long to wait for a lease to lapse; by default, until that of a dead holder has.
    """
    patience = PATIENCE_SECONDS if patience_seconds is None else patience_seconds
    deadline = time.monotonic() + patience
    while True:
        try:
            return blob.acquire_lease(LEASE_SECONDS)
        except HttpResponseError as error:
            if getattr(error, "error_code", None) != "LeaseAlreadyPresent":
                raise
        if time.monotonic() > deadline:
            return None
        time.sleep(min(1.0, patience_seconds or 1.0))


def release_lease(lease: BlobLeaseClient) -> None:
    """Release a lease; one that cannot be released expires by itself."""
    try:
        lease.release()
    except AzureError as failure:
        logger.warning("The lease on the run record could not be released: %s", failure)
