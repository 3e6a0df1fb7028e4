"""What the app serves, and when that was last checked."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class ReleaseStatus:
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
        When the served release was last confirmed as the current one.
    refresh_seconds : float
        Interval between checks.
    problem : str or None
        Why the last check failed.
    """

    version: str | None
    as_of: str | None
    last_checked: datetime | None
    last_refresh: datetime | None
    refresh_seconds: float
    problem: str | None

    def is_stale(self, now: datetime) -> bool:
        """Return True after two missed refreshes."""
        if self.last_refresh is None:
            return self.version is not None
        return now - self.last_refresh > timedelta(seconds=2 * self.refresh_seconds + 1)
