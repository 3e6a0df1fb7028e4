"""Regular checks that the stored files of the served release are still the right ones."""

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from serving.loaded_release import LoadedRelease
from shared.release.files import MANIFEST, SCORER, SERVING_TABLE, USER_INDEX
from shared.telemetry import log_event

_SOON_SECONDS = 600.0
"""When to try again after storage failed during a check."""

logger = logging.getLogger(__name__)


class Scrub:
    """Compare the digests of stored files with pointer and manifest, now and then.

    Attributes
    ----------
    last : datetime or None
        When the last check ended.
    damaged : tuple of str
        The files that it found damaged; what was loaded is served all the same.
    """

    def __init__(self) -> None:
        self.last: datetime | None = None
        self.damaged: tuple[str, ...] = ()
        self._release: LoadedRelease | None = None
        self._due = 0.0

    def run_if_due(
        self, container: ContainerClient, release: LoadedRelease, interval_seconds: float
    ) -> None:
        """Check a release, unless it was loaded or checked less than an interval ago."""
        now = time.monotonic()
        if release is not self._release:
            self._release, self.damaged, self._due = release, (), now + interval_seconds
            return
        if now < self._due:
            return
        self._due = now + interval_seconds
        try:
            damaged = tuple(_find_damaged(container, release))
        except (AzureError, OSError) as error:
            self._due = now + min(interval_seconds, _SOON_SECONDS)
            logger.warning("The digests of %s cannot be checked now: %s", release.version, error)
            return
        if damaged:
            log_event(
                logger,
                "stored_release_damaged",
                logging.WARNING,
                release=release.version,
                files=damaged,
            )
        self.last, self.damaged = datetime.now(UTC), damaged


def _find_damaged(container: ContainerClient, release: LoadedRelease) -> Iterator[str]:
    from shared.registry.completeness import stored_sha256  # noqa: PLC0415 -- seldom needed

    files = release.manifest.files
    served = (USER_INDEX, SERVING_TABLE, SCORER)
    expected = {name: files[name].sha256 for name in served if name in files}
    if release.pointer:
        expected[MANIFEST] = release.pointer.manifest_sha256
    for name, sha256 in expected.items():
        # Read twice, so that a bit flipped on the way does not count as damage in storage.
        if all(stored_sha256(container, release.version, name) != sha256 for _ in range(2)):
            yield name
