"""The list of the releases in storage, page by page."""

import logging
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobPrefix, ContainerClient

from shared.errors import CreditRiskError
from shared.registry.deadlines import keep_deadline
from shared.registry.decision_log import FOLDER as DECISIONS
from shared.registry.decision_log import UNDECIDED
from shared.registry.published import CurrentPointer, fetch_latest
from shared.registry.releases import (
    VERSION_PATTERN,
    StoredRelease,
    UnknownReleaseError,
    UnstoredReleaseError,
    fetch_release,
)

LISTED = 100
"""How many releases are listed at once, besides those that are always in the list."""

_VERSION = re.compile(VERSION_PATTERN)
_MAX_CONCURRENT_FETCHES = 8
OTHER_FOLDERS = ("runs", "output", "train_models", "decisions", "history", "intents", "raw")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReleaseList:
    """One page of the list.

    Attributes
    ----------
    current : str or None
        The version of the current release.
    releases : list of StoredRelease
        Latest first.
    next : str or None
        The version after which the next page begins; None on the last one.
    unreadable : dict of str to str
        Versions on this page that cannot be read, with the reason.
    """

    current: str | None
    releases: list[StoredRelease]
    next: str | None = None
    unreadable: dict[str, str] = field(default_factory=dict)


def list_releases(container: ContainerClient, after: str | None = None) -> ReleaseList:
    """List the releases in storage, latest first.

    Parameters
    ----------
    container : ContainerClient
        The releases container.
    after : str, optional
        The version after which to begin, from `ReleaseList.next`; by default the first page.

    Notes
    -----
    The first page also has the current release, the previous one and all that wait for a decision,
    however old they are; they are listed again on the page of their time. A release
    that is not stored to the end is left out.
    """
    found = fetch_latest(container)
    try:
        names = sorted(_find_versions(container), reverse=True)
        following = [name for name in names if after is None or name < after]
        page = following[:LISTED]
        always = set(_find_always(container, found)) if after is None else set()
    except ResourceNotFoundError:
        return ReleaseList(None, [])
    extra = [name for name in names if name in always and name not in page]
    releases, unreadable = _fetch_all(container, [*page, *extra])
    kept = [one for one in releases if one.version in page or _is_always(one, found)]
    next_after = page[-1] if len(following) > len(page) else None
    return ReleaseList(found.pointer.version if found else None, kept, next_after, unreadable)


def _find_versions(container: ContainerClient) -> Iterator[str]:
    for found in container.walk_blobs(delimiter="/"):
        name = found.name.rstrip("/")
        is_version = name not in OTHER_FOLDERS and _VERSION.fullmatch(name)
        if isinstance(found, BlobPrefix) and is_version:
            yield name


def _find_always(container: ContainerClient, found: CurrentPointer | None) -> Iterator[str]:
    """Find what may wait for a decision, and what is or was just current."""
    if found:
        yield from (one.version for one in (found.pointer, *found.pointer.previous[:1]))
    records = container.list_blobs(name_starts_with=DECISIONS, include=["metadata"])
    for record in records:
        # Older records do not say whether they are decided.
        if (record.metadata or {}).get(UNDECIDED, "yes") == "yes":
            yield record.name.removeprefix(DECISIONS).removesuffix(".json")


def _is_always(release: StoredRelease, found: CurrentPointer | None) -> bool:
    served = (found.pointer, *found.pointer.previous[:1]) if found else ()
    is_served = release.version in [one.version for one in served]
    return is_served or release.state(None) == "pending"


def _fetch_all(
    container: ContainerClient, versions: Iterable[str]
) -> tuple[list[StoredRelease], dict[str, str]]:
    unreadable: dict[str, str] = {}

    def fetch(version: str) -> StoredRelease | None:
        try:
            return fetch_release(container, version)
        except (UnknownReleaseError, UnstoredReleaseError):
            return None
        except CreditRiskError as error:
            logger.warning("%s is listed as unreadable: %s", version, error)
            unreadable[version] = str(error)
            return None

    with ThreadPoolExecutor(_MAX_CONCURRENT_FETCHES) as pool:
        found = list(pool.map(keep_deadline(fetch), versions))
    return [one for one in found if one], unreadable
