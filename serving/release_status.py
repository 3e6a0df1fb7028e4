"""What the app serves, and when that was last checked."""

from datetime import datetime, timedelta

from msgspec import Struct


class ReleaseStatus(Struct, frozen=True):
    """What the health routes report.

    Attributes
    ----------
    version : str or None
        The served release; None before the first is loaded.
    as_of : str or None
        Its as-of date.
    last_checked : datetime or None
        When storage was last read, whether or not there was a pointer.
    last_refresh : datetime or None
        When the served release was last confirmed as the current one; not again while the rest of
        it cannot be loaded.
    refresh_seconds : float
        Interval between checks.
    problem : str or None
        Why the last check failed.
    fallback_for : str or None
        The release that should be served, where an earlier one stands in for it.
    scorer_ready : bool
        Whether what-if requests can be answered.
    last_scrub : datetime or None
        When the digests of the served release's stored files were last checked.
    damaged : tuple of str
        The stored files whose digests were wrong then.
    """

    version: str | None
    as_of: str | None
    last_checked: datetime | None
    last_refresh: datetime | None
    refresh_seconds: float
    problem: str | None
    fallback_for: str | None = None
    scorer_ready: bool = False
    last_scrub: datetime | None = None
    damaged: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether every kind of request can be answered."""
        return self.version is not None and self.scorer_ready

    def is_stale(self, now: datetime) -> bool:
        """Return True after two missed refreshes."""
        if self.last_refresh is None:
            return self.version is not None
        return now - self.last_refresh > timedelta(seconds=2 * self.refresh_seconds + 1)
