"""The served release, and how requests wait for the first one without holding a thread."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import TYPE_CHECKING

from azure.storage.blob import ContainerClient

from serving.loaded_release import LoadedRelease
from serving.pointer_follower import PointerFollower
from serving.release_watcher import ReleaseWatcher
from serving.signals import Signal
from shared.errors import NoReleaseError, SettingError
from shared.registry.account import releases_container
from shared.settings import Settings, read_settings

if TYPE_CHECKING:
    from serving.release_status import ReleaseStatus


class CurrentRelease:
    """Provide the current release to every request.

    Parameters
    ----------
    settings : callable
        Called when the release is first asked for.
    container : callable
        Creates the client of the releases container, on first use.

    Notes
    -----
    A thread of its own asks storage, every `release_refresh_seconds`; it loads a new release
    beside the old one and swaps them in one step. The first it serves as soon as brief answers can
    be given. Requests never load: before the first release they wait for the thread's try, all of
    them for the same one, on the event loop.
    """

    def __init__(
        self,
        settings: Callable[[], Settings] = read_settings,
        container: Callable[[Settings], ContainerClient] = releases_container,
    ) -> None:
        self._read_settings = settings
        self._make_container = container
        self._settings = Settings()
        self._container: ContainerClient | None = None
        self._follower = PointerFollower()
        self._watcher: ReleaseWatcher | None = None
        self._lock = threading.Lock()

    def get(self) -> LoadedRelease:
        """Return the served release, and wait for all that keyed reads need of the first one.

        Raises
        ------
        NoReleaseError
            When no release could be loaded within the deadline of a request.
        """
        if step := self._await_rest():
            wait([step], self._settings.limits.request_seconds)
        return self.loaded()

    def loaded(self) -> LoadedRelease:
        """Return the served release, without waiting.

        Raises
        ------
        NoReleaseError
            When none is loaded.
        """
        release = self._follower.release
        if release is None:
            problem = self._watcher.problem if self._watcher else None
            raise NoReleaseError(problem or "The first release is still loading.")
        return release

    async def wait_until_loaded(self, *, detailed: bool = False) -> None:
        """Wait for the first release, at most for the deadline of a request.

        Parameters
        ----------
        detailed : bool
            Whether more is needed of it than brief answers show.
        """
        if step := self._await_rest() if detailed else self._await_brief():
            await self._wait(step)

    async def wait_until_scoring(self) -> None:
        """Wait for the first release and its scorer, at most for the deadline of a request."""
        if step := self._await_scorer():
            await self._wait(step)

    @property
    def is_loaded(self) -> bool:
        """Whether every keyed read can be answered without waiting."""
        release = self._follower.release
        return release is not None and release.is_complete

    def container(self) -> ContainerClient:
        """Return the client of the releases container, created on first use."""
        if self._container is None:
            self._container = self._make_container(self._read_settings())
        return self._container

    def start(self) -> ReleaseWatcher:
        """Start loading and following the release, without waiting for it."""
        if self._watcher is None:
            with self._lock:
                if self._watcher is None:
                    # The watcher itself reports an invalid setting.
                    with suppress(SettingError):
                        self._settings = self._read_settings()
                    self._watcher = ReleaseWatcher(self._settings, self.container, self._follower)
        return self._watcher

    def want_rest(self) -> None:
        """Have the rest of a first release loaded as soon as it is there, without waiting for it.

        Once the thread runs, storage is asked no sooner for this: anybody may probe the readiness.
        """
        self.start().want_rest()

    def refresh_soon(self) -> None:
        """Check the pointer at once: somebody in this process may have moved it."""
        if self._watcher:
            self._watcher.look_now()

    def serve(self, release: LoadedRelease) -> None:
        """Serve a release that somebody else has loaded."""
        self._follower.release = release

    def headers(self) -> dict[str, str]:
        """Return the headers of every answer that is not made from a release of its own."""
        release = self._follower.release
        if release is None:
            return {}
        headers = {"X-Release-Version": release.version}
        if release.fallback_for:
            headers["X-Release-Fallback"] = release.fallback_for
        return headers

    def status(self) -> "ReleaseStatus":
        """Return what is served and when it was last checked, without reading storage."""
        from serving.release_status import ReleaseStatus  # noqa: PLC0415 -- keyed reads go first

        release, watcher = self._follower.release, self._watcher
        problem = watcher.problem if watcher else None
        is_scoring = release is not None and release.has_scorer
        if release and not is_scoring:
            problem = problem or release.scorer_problem
        return ReleaseStatus(
            version=release.version if release else None,
            as_of=release.as_of if release else None,
            last_checked=self._follower.last_checked,
            last_refresh=self._follower.last_refresh,
            refresh_seconds=self._settings.release_refresh_seconds,
            problem=problem,
            fallback_for=release.fallback_for if release else None,
            scorer_ready=is_scoring,
            last_scrub=watcher.scrub.last if watcher else None,
            damaged=watcher.scrub.damaged if watcher else (),
        )

    def close(self) -> None:
        """Stop following the pointer, and drop the release."""
        if self._watcher:
            self._watcher.close()
        self._follower.release = None

    def _await_brief(self) -> Future[None] | None:
        return self._await(lambda watcher: watcher.brief_tried, lambda _: True)

    def _await_rest(self) -> Future[None] | None:
        return self._await(
            lambda watcher: watcher.rest_tried, lambda one: one.is_complete, is_rest=True
        )

    def _await_scorer(self) -> Future[None] | None:
        return self._await(
            lambda watcher: watcher.scorer_tried, lambda one: one.has_scorer, is_rest=True
        )

    def _await(
        self,
        tried: Callable[[ReleaseWatcher], Signal],
        has_part: Callable[[LoadedRelease], bool],
        *,
        is_rest: bool = False,
    ) -> Future[None] | None:
        """Have a part of the release loaded; return what completes once that was tried."""

        def is_there() -> bool:
            release = self._follower.release
            return release is not None and has_part(release)

        if is_there():
            return None
        watcher = self.start()
        if is_rest:
            watcher.want_rest()
        step = tried(watcher).next()
        if is_there() or watcher.has_just_failed():
            return None
        watcher.look_now()
        return step

    async def _wait(self, step: Future[None]) -> None:
        seconds = self._settings.limits.request_seconds
        await asyncio.wait([asyncio.wrap_future(step)], timeout=seconds)
