"""Retention: older releases are thinned, kept cool for a while, and removed."""

import logging
from datetime import datetime, timedelta

from azure.core.exceptions import HttpResponseError
from azure.storage.blob import ContainerClient, StandardBlobTier

from shared.errors import CreditRiskError
from shared.registry.decision_log import DecisionRecord, fetch_record, record_name
from shared.registry.folders import Folder, list_folders, remove_blob, remove_folder
from shared.registry.published import fetch_latest, release_blob
from shared.registry.releases import StoredRelease, UnknownReleaseError, fetch_release
from shared.release.files import (
    MANIFEST,
    MODEL,
    MODEL_CARD,
    REPORT,
    SCORER,
    SERVING_TABLE,
    USER_INDEX,
)
from shared.settings import Retention

UNTOUCHED = timedelta(days=1)
"""What was written within this time is never removed: somebody may be at work on it."""

# What answers are made of and explained by; the training table is by far the largest file.
_KEPT = (USER_INDEX, SERVING_TABLE, SCORER, MODEL, REPORT, MODEL_CARD, MANIFEST)
_RAW = "raw/"

logger = logging.getLogger(__name__)


def apply_retention(container: ContainerClient, retention: Retention, at: datetime) -> list[str]:
    """Thin, cool and remove what is old, and remove what dead runs left.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    retention : Retention
        How many releases keep all their files, and how long the others keep theirs.
    at : datetime.datetime
        The time by the clock of the storage.

    Returns
    -------
    list of str
        What was done, in words.
    """
    folders = list_folders(container)
    whole = [one for one in folders if MANIFEST in one.files]
    latest = {one.version for one in whole[: retention.keep_releases]}
    done: list[str | None] = []
    for folder in folders:
        if at - folder.touched < UNTOUCHED:
            continue
        part = _find_part(container, folder)
        if part:
            done.append(_remove_part(container, folder, part))
        elif folder.version not in latest and not _is_in_use(container, folder, retention):
            done.append(_age(container, folder, retention, at))
    done += _remove_raw_files(container, whole, retention, at)
    return [one for one in done if one]


def _find_part(container: ContainerClient, folder: Folder) -> DecisionRecord | None:
    """Find the empty record of files whose run ended before it recorded the release."""
    if folder.cooled or folder.version in _find_used(container, None):
        return None
    try:
        record = fetch_record(container, folder.version)
    except CreditRiskError as error:
        logger.warning("%s stays as it is: %s", folder.version, error)
        return None
    return None if record.events else record


def _remove_part(container: ContainerClient, folder: Folder, record: DecisionRecord) -> str | None:
    """Remove such files, unless a run has just begun to complete them.

    The record goes first: a run whose claim on it is gone cannot say "stored", and what it has
    written since the listing stays.
    """
    name = record_name(folder.version)
    if record.etag is not None and not remove_blob(container, name, record.etag):
        return None
    remove_folder(container, folder)
    return f"{folder.version}, never stored completely, was removed"


def _is_in_use(container: ContainerClient, folder: Folder, retention: Retention) -> bool:
    # Read for each release: a person may have gone back to it in the meantime.
    used = _find_used(container, retention.keep_releases)
    if folder.version in used:
        return True
    if folder.cooled:
        return False
    try:
        return fetch_release(container, folder.version).state(None) == "pending"
    except CreditRiskError as error:
        logger.warning("%s stays as it is: %s", folder.version, error)
        return True


def _find_used(container: ContainerClient, keep: int | None) -> set[str]:
    found = fetch_latest(container)
    if found is None:
        return set()
    previous = found.pointer.previous[:keep]
    return {found.pointer.version, *(one.version for one in previous)}


def _age(
    container: ContainerClient, folder: Folder, retention: Retention, at: datetime
) -> str | None:
    if folder.cooled is None:
        return _thin(container, folder)
    if at - folder.cooled < timedelta(days=retention.retain_days):
        return None
    remove_folder(container, folder)
    return f"{folder.version} was removed, cool since {folder.cooled:%Y-%m-%d}"


def _thin(container: ContainerClient, folder: Folder) -> str | None:
    """Keep what answers need, in the cool tier; the manifest goes last and marks it done."""
    removed = [name for name in folder.files if name not in _KEPT]
    for name in removed:
        remove_blob(container, release_blob(folder.version, name))
    try:
        for name in (name for name in _KEPT if name in folder.files):
            blob = container.get_blob_client(release_blob(folder.version, name))
            blob.set_standard_blob_tier(StandardBlobTier.COOL)
    except HttpResponseError as error:
        logger.warning("%s stays in its tier: %s", folder.version, error)
        return None
    return f"{folder.version} went to the cool tier without {', '.join(removed) or 'loss'}"


def _find_release(container: ContainerClient, folder: Folder) -> StoredRelease | None:
    try:
        return fetch_release(container, folder.version)
    except UnknownReleaseError:
        return None


def _remove_raw_files(
    container: ContainerClient, whole: list[Folder], retention: Retention, at: datetime
) -> list[str | None]:
    """Remove the raw files that are old and belong to no release that is still in storage."""
    limit = timedelta(days=retention.retain_days)
    listed = container.list_blobs(name_starts_with=_RAW)
    old = [blob.name for blob in listed if at - blob.last_modified > limit]
    if not old:
        return []
    try:
        kept = [one for folder in whole if (one := _find_release(container, folder))]
    except CreditRiskError as error:
        logger.warning("Raw files stay as they are: %s", error)
        return []
    named = {f"{_RAW}{one.manifest.source.get('sha256')}.csv" for one in kept}
    for name in set(old) - named:
        remove_blob(container, name)
    return [f"{name} was removed" for name in sorted(set(old) - named)]
