"""A release in memory: the table for keyed reads, and the scorer once it is needed."""

import logging
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError, NoReleaseError
from shared.registry.published import download_file, fetch_manifest
from shared.release.decisions import Event
from shared.release.manifest import SCORER, SERVING_TABLE, Manifest
from shared.release.pointer import Pointer
from shared.release.scorer import Scorer
from shared.release.serving_table import ServingTable, UserRow

logger = logging.getLogger(__name__)

# The interpreter's default is 5 ms.
_SWITCH_SECONDS = 0.0001

type Fetch = Callable[[str], AbstractContextManager[Path]]


class LoadedRelease:
    """One complete release.

    Parameters
    ----------
    manifest : dict
        The manifest of the release.
    fetch : callable
        Context manager that provides one of the release's files by name, checked.
    override : Event, optional
        The override without which it would not be served.

    Notes
    -----
    The serving table's file is open but already unlinked: its space is freed once the last
    request that reads it is done, or the process ends in whatever way.
    """

    def __init__(self, manifest: Manifest, fetch: Fetch, override: Event | None = None) -> None:
        self.manifest = manifest
        self.override = override
        self.version: str = manifest.version
        self.as_of: str = manifest.as_of
        self.threshold: float = manifest.decision.threshold
        self._fetch = fetch
        self._scorer: Scorer | None = None
        self._scorer_lock = threading.Lock()
        with fetch(SERVING_TABLE) as path:
            self._table = ServingTable(path)
        weakref.finalize(self, self._table.close)

    def find_user(self, user_id: int) -> UserRow | None:
        """Return a user's row; None when the release has no such user."""
        return self._table.find_user(user_id)

    def scorer(self) -> Scorer:
        """Return the release's scorer, fetched on first use.

        Raises
        ------
        NoReleaseError
            When it cannot be fetched.
        """
        with self._scorer_lock:
            if self._scorer is None:
                self._scorer = self._load_scorer()
            return self._scorer

    def _load_scorer(self) -> Scorer:
        try:
            with _frequent_switches(), self._fetch(SCORER) as path:
                return Scorer.load(path)
        except (AzureError, OSError) as error:
            logger.warning("The scorer of %s cannot be fetched: %s", self.version, error)
            raise NoReleaseError(
                f"The scorer of {self.version} cannot be fetched now; the log has the details."
            ) from error
        except BrokenReleaseError as error:
            raise NoReleaseError(f"The scorer cannot be loaded: {error}") from error


@contextmanager
def _frequent_switches() -> Iterator[None]:
    """Switch threads more often, so that keyed reads wait less during a load."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def load_release(container: ContainerClient, pointer: Pointer) -> LoadedRelease:
    """Download what keyed reads need, checked against pointer and manifest.

    Raises
    ------
    BrokenReleaseError
        When a file does not match the pointer or the manifest.
    NoReleaseError
        When temporary storage is too small.
    """
    manifest = fetch_manifest(container, pointer)

    @contextmanager
    def fetch(name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="credit-risk-release-") as folder:
            yield download_file(container, manifest, name, Path(folder))

    return LoadedRelease(manifest, fetch, pointer.override)
