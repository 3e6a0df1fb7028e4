"""Follow the pointer: load the release that it names, or the one that stands in for it."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from serving.loaded_release import LoadedRelease, load_release
from serving.served_event import log_served
from shared.errors import BrokenReleaseError, CreditRiskError
from shared.registry.published import CurrentPointer, PointerUnchanged, fetch_pointer
from shared.release.pointer import Pointer
from shared.telemetry import log_event

NOTHING_PUBLISHED = (
    "Nothing has been published yet: drop a CSV into the input container, or wait for the current"
    " run to finish."
)
_POINTER_MISSING = (
    "The pointer to the current release is missing from storage: publish a release again."
)
_DAMAGED = (BrokenReleaseError, ResourceNotFoundError)
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 300.0

logger = logging.getLogger(__name__)


class PointerFollower:
    """Hold the served release, as a single thread follows the pointer.

    Attributes
    ----------
    release : LoadedRelease or None
        The served release: the current one or, while that is damaged in storage, the latest sound
        one of those before it. Never one that was rolled back from.
    last_checked : datetime or None
        When storage last answered.
    last_refresh : datetime or None
        When the served release was last confirmed as the current one; not again while the rest of
        it cannot be loaded.
    """

    def __init__(self) -> None:
        self.release: LoadedRelease | None = None
        self.last_checked: datetime | None = None
        self.last_refresh: datetime | None = None
        self._found: CurrentPointer | None = None
        self._first_in_parts = True
        self._has_chosen = False
        self._problem: str | None = None
        self._retry_at = 0.0
        self._pause = 0.0
        self._withdrawn_at: float | None = None

    def follow(self, container: ContainerClient, withdrawn_seconds: float) -> str | None:
        """Make the served release the one that the pointer names; return why it is not.

        Parameters
        ----------
        container : ContainerClient
            The releases container.
        withdrawn_seconds : float
            How long a release that was rolled back from stays while its successor cannot be read.
        """
        try:
            found = fetch_pointer(container, self._found.etag if self._found else None)
        except PointerUnchanged:
            found = self._found
        else:
            self._found = found
            self._has_chosen = False
            self._retry_at = self._pause = 0.0
        self.last_checked = datetime.now(UTC)
        if found is None:
            return NOTHING_PUBLISHED if self.release is None else _POINTER_MISSING
        if self._is_served(found.pointer):
            self._confirm(found.pointer)
            return None
        if time.monotonic() < self._retry_at:
            return self._problem
        return self._replace(container, found.pointer, withdrawn_seconds)

    def complete(self, container: ContainerClient) -> str | None:
        """Load what the first brief answers did not wait for; return a problem if there is one.

        Notes
        -----
        If that is damaged, the release is served no longer, as though it had been loaded whole:
        from then on, each is.
        """
        release, found = self.release, self._found
        if release is None or found is None or release.is_complete:
            return None
        is_current = self._is_served(found.pointer)
        try:
            _twice(release.complete)
        except _DAMAGED as error:
            logger.warning("%s is served no longer: %s", release.version, error)
            self.release = self._problem = None
            self._first_in_parts = self._has_chosen = False
            self._retry_at = self._pause = 0.0
            if not is_current:
                return self._load_or_fall_back(container, found.pointer)
            self._problem = self._fall_back(container, found.pointer, error)
            self._postpone()
            return self._problem
        if is_current:
            # The first load may have ended after this check.
            self.last_refresh = max(filter(None, (self.last_refresh, self.last_checked)))
            log_served(release.manifest)
        return None

    def _is_served(self, pointer: Pointer) -> bool:
        served = self.release.pointer if self.release else None
        return served is not None and _names_same(served, pointer)

    def _confirm(self, pointer: Pointer) -> None:
        if self.release:
            # The pointer may have been rewritten: the same release, overridden by others.
            self.release.override = pointer.override
            self.release.fallback_for = None
            if self.release.is_complete:
                self.last_refresh = datetime.now(UTC)
        self._problem = self._withdrawn_at = None
        self._retry_at = self._pause = 0.0

    def _replace(
        self, container: ContainerClient, pointer: Pointer, withdrawn_seconds: float
    ) -> str | None:
        try:
            return self._load_or_fall_back(container, pointer)
        except Exception:
            # Whatever fails, also the search for a stand-in.
            self._withdraw_late(pointer, withdrawn_seconds)
            raise

    def _load_or_fall_back(self, container: ContainerClient, pointer: Pointer) -> str | None:
        try:
            release = self._load(container, pointer)
        except _DAMAGED as error:
            self._problem = self._fall_back(container, pointer, error)
            self._postpone()
            return self._problem
        self.release = release
        logger.info("Now serving release %s.", pointer.version)
        if release.is_complete:
            log_served(release.manifest)
        self._confirm(pointer)
        self.last_refresh = datetime.now(UTC)
        return None

    def _load(self, container: ContainerClient, pointer: Pointer) -> LoadedRelease:
        release = _twice(partial(self._read, container, pointer))
        if self.release is not None:
            # Nobody waits yet: what-if requests go on without a pause too.
            release.load_scorer()
        return release

    def _read(self, container: ContainerClient, pointer: Pointer) -> LoadedRelease:
        release = load_release(container, pointer)
        if self.release is not None or not self._first_in_parts:
            release.complete()
        return release

    def _fall_back(self, container: ContainerClient, pointer: Pointer, damage: Exception) -> str:
        """Serve the latest sound release before a damaged one; describe what is served."""
        if not self._has_chosen:
            sound = self._find_sound(container, pointer)
            if sound:
                sound.fallback_for = pointer.version
            self.release = sound
            # Until the pointer moves, only the current release is tried again; if there is none
            # to stand in, the earlier ones are too.
            self._has_chosen = sound is not None
        served = self.release.version if self.release else None
        reason = str(damage).partition("\n")[0]
        about = {"current": pointer.version, "served": served, "reason": reason}
        log_event(logger, "release_fallback", logging.WARNING, **about)
        instead = f"{served} is served instead" if served else "no earlier one can be served"
        return f"The current release is damaged, and {instead}. {_describe(damage, pointer)}"

    def _find_sound(self, container: ContainerClient, pointer: Pointer) -> LoadedRelease | None:
        from shared.registry.releases import UnknownReleaseError  # noqa: PLC0415 -- seldom needed

        for one in pointer.previous:
            if self._is_served(one):
                return self.release
            try:
                if _may_be_served(container, one):
                    return self._load(container, one)
            except (*_DAMAGED, UnknownReleaseError) as error:
                logger.warning("%s cannot stand in: %s", one.version, error)
        return None

    def _postpone(self) -> None:
        self._pause = min(max(2 * self._pause, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
        self._retry_at = time.monotonic() + self._pause

    def _withdraw_late(self, pointer: Pointer, seconds: float) -> None:
        """Stop serving a release that was rolled back from, though nothing can replace it."""
        if self.release is None or any(map(self._is_served, pointer.previous)):
            self._withdrawn_at = None
            return
        now = time.monotonic()
        self._withdrawn_at = self._withdrawn_at or now
        if now - self._withdrawn_at > seconds:
            logger.error("%s was rolled back from: it is served no longer.", self.release.version)
            self.release = None


def _twice[Result](read: Callable[[], Result]) -> Result:
    """Read again what is damaged: a bit flipped on the way does not count as damage in storage."""
    try:
        return read()
    except _DAMAGED:
        return read()


def _may_be_served(container: ContainerClient, pointer: Pointer) -> bool:
    """Return whether nobody has decided against a release that was current before."""
    from shared.registry.releases import fetch_release  # noqa: PLC0415 -- seldom needed

    stored = fetch_release(container, pointer.version)
    state = stored.state(None)
    stopped = stored.verdict == "stopped" and pointer.override is None
    return (
        stored.manifest_sha256 == pointer.manifest_sha256
        and not stopped
        and state not in ("rejected", "rolled_back")
    )


def _names_same(one: Pointer, other: Pointer) -> bool:
    return (one.version, one.manifest_sha256) == (other.version, other.manifest_sha256)


def _describe(damage: Exception, pointer: Pointer) -> str:
    if isinstance(damage, CreditRiskError):
        return str(damage)
    return f"A file of {pointer.version} is missing: publish the release again."
