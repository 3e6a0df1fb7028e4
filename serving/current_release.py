"""The release that is served: loaded on first use, followed while it changes."""

import logging
import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from shared.errors import CreditRiskError, NoReleaseError
from shared.published import PointerUnchanged, fetch_manifest, fetch_pointer, release_blob
from shared.release import SCORER, SERVING_TABLE, Manifest, Pointer, check_file
from shared.scorer import Scorer
from shared.serving_table import ServingTable, UserRow
from shared.settings import Settings, read_settings
from shared.storage import releases_container

# Requests that find no release share one failed look at the storage for this long.
_PAUSE_AFTER_FAILURE_SECONDS = 1.0
_SPARE_BYTES = 16 * 1024 * 1024

_NOTHING_PUBLISHED = (
    "Nothing was published yet: drop a CSV into the input container, or wait for the run that is"
    " under way."
)

logger = logging.getLogger(__name__)


class LoadedRelease:
    """One release, whole: its manifest, its open serving table, its scorer once it is asked for.

    Parameters
    ----------
    manifest : dict
        The release's own.
    folder : Path
        Where its serving table lies. It goes when the last request that reads from it is done.
    fetch : callable
        Brings a further file of the release into the folder, checked.
    """

    def __init__(self, manifest: Manifest, folder: Path, fetch: Callable[[str], Path]) -> None:
        self.manifest = manifest
        self.version: str = manifest["version"]
        self.as_of: str = manifest["as_of"]
        self.threshold: float = manifest["decision"]["threshold"]
        self.folder = folder
        self._fetch = fetch
        self._scorer: Scorer | None = None
        self._scorer_lock = threading.Lock()
        self._table = ServingTable(folder / SERVING_TABLE)
        weakref.finalize(self, _discard, self._table, folder)

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
                try:
                    self._scorer = Scorer.load(self._fetch(SCORER))
                except (AzureError, OSError) as error:
                    raise NoReleaseError(
                        f"The scorer of {self.version} cannot be fetched: {error}"
                    ) from error
            return self._scorer


def _discard(table: ServingTable, folder: Path) -> None:
    table.close()
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class ReleaseStatus:
    """What the health answer tells.

    Attributes
    ----------
    version : str or None
        The release that is served; None before the first is loaded.
    as_of : str or None
        Its as-of date.
    last_refresh : datetime or None
        When storage last told which release is current, and that one was served.
    refresh_seconds : float
        How often it is asked.
    problem : str or None
        What kept the last look from succeeding.
    """

    version: str | None
    as_of: str | None
    last_refresh: datetime | None
    refresh_seconds: float
    problem: str | None

    def is_stale(self, now: datetime) -> bool:
        """Tell whether what is served may no longer be current: two looks in a row are missing."""
        if self.last_refresh is None:
            return self.version is not None
        return now - self.last_refresh > timedelta(seconds=2 * self.refresh_seconds + 1)


class CurrentRelease:
    """Gives the current release to every request, and notices a new one by itself.

    Parameters
    ----------
    settings : callable
        Called on first use.
    container : callable
        Makes the client of the releases container, on first use.

    Notes
    -----
    The first requests wait for the first release, under a lock. Once one is loaded no request
    waits again: a thread looks at the pointer every `release_refresh_seconds`, fetches a new
    release beside the old one and swaps them in one step. If anything fails, the old one stays.
    """

    def __init__(
        self,
        settings: Callable[[], Settings] = read_settings,
        container: Callable[[Settings], ContainerClient] = releases_container,
    ) -> None:
        self._read_settings = settings
        self._make_container = container
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._container: ContainerClient | None = None
        self._watcher: threading.Thread | None = None
        self._release: LoadedRelease | None = None
        self._pointer_etag: str | None = None
        self._last_refresh: datetime | None = None
        self._refresh_seconds = Settings().release_refresh_seconds
        self._problem: str | None = None
        self._failed_at = float("-inf")

    def get(self) -> LoadedRelease:
        """Give the release that is served now.

        Raises
        ------
        NoReleaseError
            When none was ever loaded.
        """
        return self._release or self._load_first()

    def start(self) -> None:
        """Begin to load and follow the release, without waiting for it."""
        if self._watcher is None:
            with self._lock:
                self._start_watching()

    def status(self) -> ReleaseStatus:
        """Tell what is served and when storage was last asked, without asking it."""
        release = self._release
        return ReleaseStatus(
            release.version if release else None,
            release.as_of if release else None,
            self._last_refresh,
            self._refresh_seconds,
            self._problem,
        )

    def close(self) -> None:
        """Stop following, and let go of the release."""
        self._stopped.set()
        if self._watcher:
            self._watcher.join()
        self._release = None

    def _load_first(self) -> LoadedRelease:
        with self._lock:
            if self._release is None and self._is_due():
                self._look()
            self._start_watching()
            if self._release is not None:
                return self._release
            raise NoReleaseError(self._problem or _NOTHING_PUBLISHED)

    def _is_due(self) -> bool:
        return time.monotonic() - self._failed_at > _PAUSE_AFTER_FAILURE_SECONDS

    def _start_watching(self) -> None:
        if self._watcher is None:
            self._refresh_seconds = self._read_settings().release_refresh_seconds
            self._watcher = threading.Thread(target=self._watch, daemon=True)
            self._watcher.start()

    def _watch(self) -> None:
        if self._release is None:
            self._look_again()
        while not self._stopped.wait(self._refresh_seconds):
            self._look_again()

    def _look_again(self) -> None:
        if self._release is not None:
            self._look()
            return
        # Requests may be waiting for a first release: one look serves them all.
        with self._lock:
            self._look()

    def _look(self) -> None:
        """Look at the pointer, follow it where it moved, and remember what went wrong."""
        try:
            self._problem = self._follow_pointer()
        except Exception as error:
            self._problem = f"The current release cannot be loaded: {error}"
            expected = isinstance(error, CreditRiskError | AzureError | OSError)
            logger.warning("%s", self._problem, exc_info=not expected)
        if self._problem:
            self._failed_at = time.monotonic()

    def _follow_pointer(self) -> str | None:
        """Load the release that the pointer names, unless it is loaded; tell what is missing."""
        if self._container is None:
            self._container = self._make_container(self._read_settings())
        try:
            found = fetch_pointer(self._container, self._pointer_etag)
        except PointerUnchanged:
            self._last_refresh = datetime.now(UTC)
            return None
        if found is None:
            return _NOTHING_PUBLISHED
        pointer, etag = found
        self._release = _load(self._container, pointer)
        self._pointer_etag = etag
        self._last_refresh = datetime.now(UTC)
        logger.info("Release %s is served.", pointer.version)
        return None


def _load(container: ContainerClient, pointer: Pointer) -> LoadedRelease:
    """Download what a keyed read needs of a release, checked against pointer and manifest."""
    manifest = fetch_manifest(container, pointer)
    folder = Path(tempfile.mkdtemp(prefix="credit-risk-release-"))
    try:
        _require_room(folder, manifest["files"][SERVING_TABLE]["bytes"])

        def fetch(name: str) -> Path:
            path = folder / name
            with path.open("wb") as file:
                container.download_blob(release_blob(pointer.version, name)).readinto(file)
            check_file(path, manifest)
            return path

        fetch(SERVING_TABLE)
        return LoadedRelease(manifest, folder, fetch)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _require_room(folder: Path, needed_bytes: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + _SPARE_BYTES:
        raise OSError(
            f"the serving table needs {needed_bytes:,} bytes of temporary storage and"
            f" {_SPARE_BYTES:,} to spare, {free:,} are free: give the instance more."
        )
