"""The served release: loaded on first use, and replaced when the pointer moves."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from serving.loaded_release import LoadedRelease, load_release
from serving.release_status import ReleaseStatus
from shared.errors import CreditRiskError, NoReleaseError, SettingError
from shared.registry.account import releases_container
from shared.registry.published import PointerUnchanged, fetch_pointer
from shared.settings import Settings, read_settings

# For this long, requests that find no release share the result of one failed check.
_RETRY_PAUSE_SECONDS = 1.0

_NOTHING_PUBLISHED = (
    "Nothing has been published yet: drop a CSV into the input container, or wait for the current"
    " run to finish."
)
_POINTER_MISSING = (
    "The pointer to the current release is missing from storage: publish a release again."
)

logger = logging.getLogger(__name__)


class CurrentRelease:
    """Provide the current release to every request, and follow the pointer.

    Parameters
    ----------
    settings : callable
        Called on first use.
    container : callable
        Creates the client of the releases container, on first use.

    Notes
    -----
    The first requests wait under a lock for the first release. After that no request waits: a
    thread checks the pointer every `release_refresh_seconds`, loads a new release beside the old
    one and swaps them in one step. If anything fails, the old release stays.
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
        """Return the served release, and load the first one if needed.

        Raises
        ------
        NoReleaseError
            When no release could be loaded yet.
        """
        return self._release or self._load_first()

    @property
    def is_loaded(self) -> bool:
        """Whether `get` returns without waiting."""
        return self._release is not None

    def container(self) -> ContainerClient:
        """Return the client of the releases container, created on first use."""
        if self._container is None:
            self._container = self._make_container(self._read_settings())
        return self._container

    def start(self) -> None:
        """Start loading and following the release, without waiting for it."""
        self._start_watching()

    def served_version(self) -> str | None:
        """Return the version of the served release; None before the first."""
        release = self._release
        return release.version if release else None

    def status(self) -> ReleaseStatus:
        """Return what is served and when it was last checked, without reading storage."""
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
        """Stop following the pointer, and drop the release."""
        self._stopped.set()
        if self._watcher:
            self._watcher.join()
        self._release = None

    def _load_first(self) -> LoadedRelease:
        with self._lock:
            if self._release is None and self._is_due():
                self._check()
            self._start_watching()
            if self._release is not None:
                return self._release
            raise NoReleaseError(self._problem or _NOTHING_PUBLISHED)

    def _is_due(self) -> bool:
        return time.monotonic() - self._failed_at > _RETRY_PAUSE_SECONDS

    def _start_watching(self) -> None:
        # A separate lock: starting the watcher must not wait for a load.
        with self._watcher_lock:
            if self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, daemon=True)
                self._watcher.start()

    def _watch(self) -> None:
        # The check itself reports an invalid setting.
        with suppress(SettingError):
            self._refresh_seconds = self._read_settings().release_refresh_seconds
        if self._release is None:
            self._check_again()
        while not self._stopped.wait(self._refresh_seconds):
            self._check_again()

    def _check_again(self) -> None:
        if self._release is not None:
            self._check()
            return
        # Requests may be waiting for the first release: one check serves them all.
        with self._lock:
            self._check()

    def _check(self) -> None:
        """Follow the pointer, and keep what went wrong for the status."""
        try:
            self._problem = self._follow_pointer()
        except Exception as error:
            self._problem = f"The current release cannot be loaded: {_describe_publicly(error)}"
            expected = isinstance(error, CreditRiskError | AzureError | OSError)
            logger.warning("%s (%s)", self._problem, error, exc_info=not expected)
        if self._problem:
            self._failed_at = time.monotonic()

    def _follow_pointer(self) -> str | None:
        """Load the release that the pointer names unless it is loaded; return what is missing."""
        container = self.container()
        try:
            found = fetch_pointer(container, self._pointer_etag)
        except PointerUnchanged:
            self._last_checked = self._last_refresh = datetime.now(UTC)
            return None
        self._last_checked = datetime.now(UTC)
        if found is None:
            return _NOTHING_PUBLISHED if self._release is None else _POINTER_MISSING
        self._release = load_release(container, found.pointer)
        self._pointer_etag = found.etag
        self._last_refresh = datetime.now(UTC)
        logger.info("Now serving release %s.", found.pointer.version)
        return None


def _describe_publicly(error: Exception) -> str:
    """Describe an error without the details that only operators may see in the log."""
    if isinstance(error, CreditRiskError):
        return str(error)
    code = getattr(error, "error_code", None) or type(error).__name__
    where = "storage" if isinstance(error, AzureError) else "this instance"
    return f"{where} reports {getattr(code, 'value', code)}; the log has the details."
