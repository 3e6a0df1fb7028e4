"""The release that is served: loaded on first use, followed while it changes."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from serving.loaded_release import LoadedRelease, load_release
from shared.errors import CreditRiskError, NoReleaseError, SettingError
from shared.registry.account import releases_container
from shared.registry.published import PointerUnchanged, fetch_pointer
from shared.settings import Settings, read_settings

# Requests that find no release share one failed look at the storage for this long.
_PAUSE_AFTER_FAILURE_SECONDS = 1.0

_NOTHING_PUBLISHED = (
    "Nothing was published yet: drop a CSV into the input container, or wait for the run that is"
    " under way."
)
_POINTER_GONE = "The pointer to the current release is gone from storage: publish a release again."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReleaseStatus:
    """What the health answer tells.

    Attributes
    ----------
    version : str or None
        The release that is served; None before the first is loaded.
    as_of : str or None
        Its as-of date.
    last_checked : datetime or None
        When storage last told what the pointer says, or that there is none.
    last_refresh : datetime or None
        When storage last told which release is current, and that one was served.
    refresh_seconds : float
        How often it is asked.
    problem : str or None
        What kept the last look from succeeding.
    """

    version: str | None
    as_of: str | None
    last_checked: datetime | None
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
        self._watcher_lock = threading.Lock()
        self._stopped = threading.Event()
        self._container: ContainerClient | None = None
        self._watcher: threading.Thread | None = None
        self._release: LoadedRelease | None = None
        self._pointer_etag: str | None = None
        self._last_checked: datetime | None = None
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

    @property
    def is_loaded(self) -> bool:
        """Whether asking for the release waits for nothing."""
        return self._release is not None

    def container(self) -> ContainerClient:
        """Give the client of the releases container, made on first use."""
        if self._container is None:
            self._container = self._make_container(self._read_settings())
        return self._container

    def start(self) -> None:
        """Begin to load and follow the release, without waiting for it."""
        self._start_watching()

    def served_version(self) -> str | None:
        """Tell which release is served; None before the first."""
        release = self._release
        return release.version if release else None

    def status(self) -> ReleaseStatus:
        """Tell what is served and when storage was last asked, without asking it."""
        release = self._release
        return ReleaseStatus(
            release.version if release else None,
            release.as_of if release else None,
            self._last_checked,
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
        # A lock of its own: whoever only asks for a watcher must not wait for a load.
        with self._watcher_lock:
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, daemon=True)
                self._watcher.start()

    def _watch(self) -> None:
        # A setting that cannot be read is told by the look that needs it.
        with suppress(SettingError):
            self._refresh_seconds = self._read_settings().release_refresh_seconds
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
            self._problem = f"The current release cannot be loaded: {_tell(error)}"
            expected = isinstance(error, CreditRiskError | AzureError | OSError)
            logger.warning("%s (%s)", self._problem, error, exc_info=not expected)
        if self._problem:
            self._failed_at = time.monotonic()

    def _follow_pointer(self) -> str | None:
        """Load the release that the pointer names, unless it is loaded; tell what is missing."""
        container = self.container()
        try:
            found = fetch_pointer(container, self._pointer_etag)
        except PointerUnchanged:
            self._last_checked = self._last_refresh = datetime.now(UTC)
            return None
        self._last_checked = datetime.now(UTC)
        if found is None:
            return _NOTHING_PUBLISHED if self._release is None else _POINTER_GONE
        self._release = load_release(container, found.pointer)
        self._pointer_etag = found.etag
        self._last_refresh = datetime.now(UTC)
        logger.info("Release %s is served.", found.pointer.version)
        return None


def _tell(error: Exception) -> str:
    """Tell anybody who asks what is wrong; the log has what only operators may see."""
    if isinstance(error, CreditRiskError):
        return str(error)
    told = getattr(error, "error_code", None) or type(error).__name__
    where = "storage" if isinstance(error, AzureError) else "this instance"
    return f"{where} says {getattr(told, 'value', told)}; the log has the details."
