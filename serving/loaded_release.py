"""One release as it is served: what a keyed read needs, and the scorer once it is asked for."""

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
from shared.release.manifest import SCORER, SERVING_TABLE, Manifest, Pointer
from shared.release.scorer import Scorer
from shared.release.serving_table import ServingTable, UserRow

logger = logging.getLogger(__name__)

# By default a thread that computes is asked to give way after 5 ms.
_TURN_SECONDS = 0.0001

type Fetch = Callable[[str], AbstractContextManager[Path]]


class LoadedRelease:
    """One release, whole.

    Parameters
    ----------
    manifest : dict
        The release's own.
    fetch : callable
        Gives one of the release's files by name, checked, for as long as a block lasts.

    Notes
    -----
    The serving table's file is open, and has no name any more: its room is free again once the
    last request that reads from it is done, or the process has ended in whatever way.
    """

    def __init__(self, manifest: Manifest, fetch: Fetch) -> None:
        self.manifest = manifest
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
        """Look one user up; None when the release has no such user."""
        return self._table.find_user(user_id)

    def scorer(self) -> Scorer:
        """Give the release's scorer, fetched when it is first asked for.

        Raises
        ------
        NoReleaseError
            When it cannot be fetched now.
        """
        with self._scorer_lock:
            if self._scorer is None:
                self._scorer = self._load_scorer()
            return self._scorer

    def _load_scorer(self) -> Scorer:
        try:
            with _short_turns(), self._fetch(SCORER) as path:
                return Scorer.load(path)
        except (AzureError, OSError) as error:
            logger.warning("The scorer of %s cannot be fetched: %s", self.version, error)
            raise NoReleaseError(
                f"The scorer of {self.version} cannot be fetched now; the log has the details."
            ) from error
        except BrokenReleaseError as error:
            raise NoReleaseError(f"What-if cannot be answered: {error}") from error


@contextmanager
def _short_turns() -> Iterator[None]:
    """Have the interpreter hand over sooner: keyed reads beside a load wait for less."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def load_release(container: ContainerClient, pointer: Pointer) -> LoadedRelease:
    """Download what a keyed read needs of a release, checked against pointer and manifest.

    Raises
    ------
    BrokenReleaseError
        When a file is not what pointer or manifest say.
    NoReleaseError
        When there is no room for it.
    """
    manifest = fetch_manifest(container, pointer)

    @contextmanager
    def fetch(name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="credit-risk-release-") as folder:
            yield download_file(container, manifest, name, Path(folder))

    return LoadedRelease(manifest, fetch)
