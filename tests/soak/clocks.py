"""An instance's own clock, ahead or behind.

Only the project's modules see it. The storage client keeps the true time: storage refuses a request
that is signed more than a quarter of an hour off.
"""

import sys
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

CLOCK_SECONDS = "SOAK_CLOCK_SECONDS"
"""The setting that says how far ahead an instance's clock is."""

_PROJECT = ("shared", "serving", "training", "function_app")


def set_clocks(seconds: float) -> None:
    """Put the clock ahead in every module of the project that has one."""
    offset = timedelta(seconds=seconds)

    class ShiftedClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            shifted = datetime.now(tz or UTC) + offset
            return cls.fromtimestamp(shifted.timestamp(), tz)

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _PROJECT and getattr(module, "datetime", None) is datetime:
            module.datetime = ShiftedClock  # type: ignore[attr-defined]
