"""The folders of releases in storage as a listing shows them: files, sizes, tiers, times."""

import logging
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azure.core import MatchConditions
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobProperties, ContainerClient, StandardBlobTier

from shared.registry.account import CONFLICT_ERRORS
from shared.registry.release_list import OTHER_FOLDERS
from shared.registry.releases import VERSION_PATTERN
from shared.release.files import MANIFEST

_VERSION = re.compile(VERSION_PATTERN)
_DECISIONS = "decisions"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Folder:
    """One release's blobs.

    Attributes
    ----------
    version : str
        The folder's name.
    files : dict of str to BlobProperties
        By name within the folder.
    touched : datetime.datetime
        The last write, to a file or to the decision record, by the clock of the storage.
    """

    version: str
    files: dict[str, BlobProperties]
    touched: datetime

    @property
    def cooled(self) -> datetime | None:
        """When the release went to the cool tier, its manifest last; None if it did not."""
        manifest = self.files.get(MANIFEST)
        if manifest is None or manifest.blob_tier != StandardBlobTier.COOL.value:
            return None
        return manifest.blob_tier_change_time


def list_folders(container: ContainerClient) -> list[Folder]:
    """List the folders of releases, whole or not, the latest first."""
    files: dict[str, dict[str, BlobProperties]] = defaultdict(dict)
    touched: dict[str, datetime] = {}
    for blob in container.list_blobs():
        folder, _, name = blob.name.partition("/")
        version = name.removesuffix(".json") if folder == _DECISIONS else folder
        if name and _VERSION.fullmatch(version) and version not in OTHER_FOLDERS:
            touched[version] = max(blob.last_modified, touched.get(version, blob.last_modified))
            if folder != _DECISIONS:
                files[version][name] = blob
    return [Folder(one, files[one], touched[one]) for one in sorted(files, reverse=True)]


def remove_folder(container: ContainerClient, folder: Folder) -> None:
    """Remove a release's files as they were listed, the manifest first: it makes the release."""
    for name in sorted(folder.files, key=lambda name: name != MANIFEST):
        remove_blob(container, f"{folder.version}/{name}", folder.files[name].etag)


def remove_blob(container: ContainerClient, name: str, etag: str | None = None) -> bool:
    """Remove a blob, as it was with an ETag if one is given; return whether it is gone."""
    condition: dict[str, Any] = {}
    if etag is not None:
        condition = {"etag": etag, "match_condition": MatchConditions.IfNotModified}
    try:
        container.delete_blob(name, **condition)
    except ResourceNotFoundError:
        return True
    except CONFLICT_ERRORS:
        logger.info("%s has been written since it was listed: it stays.", name)
        return False
    return True
