"""The thread that asks storage for the served release, so that no request has to."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from azure.core.exceptions import AzureError
from azure.storage.blob import ContainerClient

from serving.errors import describe_publicly
from serving.loaded_release import LoadedRelease
from serving.pointer_follower import PointerFollower
from serving.scrub import Scrub
from serving.signals import Signal
from shared.errors import CreditRiskError
from shared.registry.deadlines import deadline_in
from shared.release.pointer import Pointer
from shared.settings import Settings
from shared.telemetry import log_event

# For this long after the first release, the processor is left to the requests that waited for it.
_FIRST_ANSWERS_SECONDS = 0.02
# For this long, it is left to a host that is still starting, unless somebody waits for the rest.
_REST_AFTER_SECONDS = 0.5
# For this long, requests that find no release, or a part of one, share a failed round's result.
_RETRY_PAUSE_SECONDS = 1.0
# A thread that waits for silent storage is left behind: the process ends without it.
_STOP_SECONDS = 1.0

logger = logging.getLogger(__name__)


class ReleaseWatcher:
    """Follow the pointer in rounds: what brief answers need first, the scorer last.

    Parameters
    ----------
    settings : Settings
        The interval and the deadlines.
    container : callable
        Returns the client of the releases container.
    follower : PointerFollower
        Holds the release; changed by this thread only.

    Attributes
    ----------
    brief_tried, rest_tried, scorer_tried : Signal
        Fire in each round, whether or not what brief answers need, what all other keyed reads need
        and the scorer are there then.
    scrub : Scrub
        What the check of the stored digests found.
    problem : str or None
        Why the served release is not the current one.
    """

    def __init__(
        self,
        settings: Settings,
        container: Callable[[], ContainerClient],
        follower: PointerFollower,
    ) -> None:
        self._settings = settings
        self._container = container
        self._follower = follower
        self.brief_tried = Signal()
        self.rest_tried = Signal()
        self.scorer_tried = Signal()
        self.scrub = Scrub()
        self.problem: str | None = None
        self._failed: tuple[float, Pointer | None] = (float("-inf"), None)
        self._stopped = False
        self._wanted = threading.Event()
        self._rest_wanted = threading.Event()
        # A daemon: the process may end while storage is silent.
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def look_now(self) -> None:
        """Begin a round at once, or right after the one in progress."""
        self._wanted.set()

    def want_rest(self) -> None:
        """Let the rest of a first release wait for nothing: somebody needs it."""
        self._rest_wanted.set()

    def has_just_failed(self) -> bool:
        """Return whether a round that just ended found no release, or not all of this one."""
        failed_at, served = self._failed
        return served is self._served() and time.monotonic() - failed_at < _RETRY_PAUSE_SECONDS

    def close(self) -> None:
        """End after the round in progress, without waiting long for that."""
        self._stopped = True
        self._wanted.set()
        self._rest_wanted.set()
        self._thread.join(_STOP_SECONDS)

    def _watch(self) -> None:
        while not self._stopped:
            self._wanted.clear()
            limits = self._settings.limits
            is_first = self._follower.release is None
            with deadline_in(limits.first_load_seconds if is_first else limits.refresh_seconds):
                self._load()
            if not is_first:
                self._run_scrub()
            self._wanted.wait(self._settings.release_refresh_seconds)

    def _load(self) -> None:
        is_first = self._follower.release is None
        seconds = self._settings.limits.refresh_seconds
        problem = self._try(partial(self._follower.follow, withdrawn_seconds=seconds))
        if self._follower.release is None:
            self._note_failure()
        if is_first or self._follower.release is None:
            self.problem = problem
        self.brief_tried.fire()
        if self._follower.release and is_first:
            time.sleep(_FIRST_ANSWERS_SECONDS)
            self._rest_wanted.wait(_REST_AFTER_SECONDS)
            self._rest_wanted.clear()
        if not self._stopped:
            problem = self._try(self._follower.complete) or problem
        self.problem, release = problem, self._follower.release
        is_complete = release is not None and release.is_complete
        if not is_complete:
            self._note_failure()
        # Another release may have taken the place of one that turned out damaged.
        self.brief_tried.fire()
        self.rest_tried.fire()
        if release and is_complete and not self._stopped and release.load_scorer():
            self._note_failure()
        self.scorer_tried.fire()

    def _note_failure(self) -> None:
        # With what was served then: a release that has just been found may have all that is wanted.
        self._failed = (time.monotonic(), self._served())

    def _served(self) -> Pointer | None:
        release = self._follower.release
        return release.pointer if release else None

    def _try(self, step: Callable[[ContainerClient], str | None]) -> str | None:
        """Take a step; return why the served release is not the current one, as a whole."""
        try:
            return step(self._container())
        except Exception as error:
            problem = f"The current release cannot be loaded: {describe_publicly(error)}"
            expected = isinstance(error, CreditRiskError | AzureError | OSError)
            logger.warning("%s (%s)", problem, error, exc_info=not expected)
            served = self._follower.release
            log_event(
                logger,
                "stale_refresh",
                logging.WARNING,
                served=served.version if served else None,
                problem=problem,
            )
            return problem

    def _run_scrub(self) -> None:
        release: LoadedRelease | None = self._follower.release
        if release is None or not release.is_complete:
            return
        limits = self._settings.limits
        try:
            with deadline_in(limits.refresh_seconds):
                self.scrub.run_if_due(self._container(), release, limits.scrub_seconds)
        except Exception:
            # The thread must go on: it is the only one that follows the pointer.
            logger.exception("The stored files of %s cannot be checked.", release.version)
