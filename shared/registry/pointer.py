"""What follows the history of the pointer: `current.json`, and the copies for people."""

import logging
import re
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.blob import BlobClient, ContainerClient

from shared.registry.account import CONFLICT_ERRORS, replace_json
from shared.registry.published import release_blob
from shared.registry.reading import DamagedDocumentError, read_stored
from shared.release.files import MODEL, TRAINING_TABLE
from shared.release.pointer import POINTER, Pointer

# The reference's users download these two names.
_COPIES = {
    TRAINING_TABLE: f"output/{TRAINING_TABLE}",
    MODEL: f"train_models/{MODEL}",
}
_COPY_OF = "copy_of"
"""Noted beside a copy: the pointer's number and version that it was made for."""
_NOTE = re.compile(r"(\d{1,12}) (\S*)", re.ASCII)

logger = logging.getLogger(__name__)


def bring_up(container: ContainerClient, pointer: Pointer, content: bytes) -> bool:
    """Write an entry of the history to `current.json`, unless that is as late already.

    Returns
    -------
    bool
        Whether it was behind, damaged or missing.
    """
    while True:
        etag: str | None
        try:
            found = read_stored(container, POINTER, Pointer.from_json)
        except DamagedDocumentError as error:
            logger.warning("The pointer is rebuilt from its history: %s", error)
            etag = error.etag
        else:
            if found and found.value.number >= pointer.number:
                return False
            etag = found.etag if found else None
        try:
            replace_json(container, POINTER, content, etag)
        except CONFLICT_ERRORS:
            logger.info("The pointer has moved in the meantime.")
        else:
            return True


def refresh_copies(container: ContainerClient, version: str, number: int = 0) -> None:
    """Copy within storage what people download, unless the copies are as late already.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    version : str
        The current release.
    number : int
        The number of its pointer.

    Notes
    -----
    A failure leaves stale copies, which the app itself never reads, for the next reconciliation.
    """
    for name, copy in _COPIES.items():
        original = container.get_blob_client(release_blob(version, name))
        try:
            _refresh(container.get_blob_client(copy), original.url, version, number)
        except CONFLICT_ERRORS:
            logger.info("%s is refreshed by somebody else.", copy)
        except AzureError as error:
            logger.warning("%s could not be refreshed from %s: %s", copy, version, error)


def _refresh(copy: BlobClient, original: str, version: str, number: int) -> None:
    conditions: dict[str, Any] = {}
    try:
        found = copy.get_blob_properties()
    except ResourceNotFoundError:
        logger.debug("%s is the first copy.", copy.blob_name)
    else:
        # Where the note is missing or damaged, the copy is made anew.
        noted = _NOTE.fullmatch((found.metadata or {}).get(_COPY_OF, ""))
        is_late = noted and (
            int(noted[1]) > number or (int(noted[1]) == number and noted[2] == version)
        )
        if is_late and found.copy.status == "success":
            return
        conditions = {"etag": found.etag, "match_condition": MatchConditions.IfNotModified}
    copy.start_copy_from_url(original, metadata={_COPY_OF: f"{number} {version}"}, **conditions)
