"""Which of two uploads is the newer one, by the clock of the storage that received them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Literal

from shared.release.source import Source

type Order = Literal["older", "same", "newer", "unknown"]

_ETAG = re.compile(r'"?0x([0-9A-Fa-f]{1,16})"?')
_TICKS_PER_SECOND = 10_000_000
_TICKS_BEGIN = datetime(1, 1, 1, tzinfo=UTC)
_TOLERANCE = timedelta(seconds=2)


def order_uploads(one: Source, other: Source) -> Order:
    """Say whether one upload is older or newer than another.

    Returns
    -------
    {"older", "same", "newer", "unknown"}
        "unknown" for two uploads in the same second whose ETags do not tell.

    Notes
    -----
    Storage tells the time of an upload in whole seconds. Azure's ETags are a finer clock: the
    upload's time in steps of 100 ns since the year 1. They count only where they agree with the
    upload's time; an emulator's ETags are random.
    """
    if _identify(one) == _identify(other):
        return "same"
    seconds = uploaded_at(one), uploaded_at(other)
    if seconds[0] != seconds[1]:
        return "newer" if seconds[0] > seconds[1] else "older"
    ticks = _count_ticks(one), _count_ticks(other)
    if ticks[0] is None or ticks[1] is None or ticks[0] == ticks[1]:
        return "unknown"
    return "newer" if ticks[0] > ticks[1] else "older"


def uploaded_at(source: Source) -> datetime:
    """Give the time of an upload in whole seconds; the beginning of time when it is unknown."""
    try:
        at = datetime.fromisoformat(source.get("last_modified", ""))
    except ValueError:
        return _TICKS_BEGIN
    return at.replace(microsecond=0, tzinfo=at.tzinfo or UTC)


def is_same_upload(one: Source, other: Source) -> bool:
    """Whether both are one upload, by name, ETag and time."""
    return _identify(one) == _identify(other)


def _identify(source: Source) -> tuple[str, str | None, str | None]:
    etag = source.get("etag")
    return source["name"], etag and etag.strip('"'), source.get("last_modified")


def _count_ticks(source: Source) -> int | None:
    found = _ETAG.fullmatch(source.get("etag", ""))
    if found is None:
        return None
    ticks = int(found[1], 16)
    seconds = (uploaded_at(source) - _TICKS_BEGIN).total_seconds()
    off = abs(ticks / _TICKS_PER_SECOND - seconds)
    return ticks if off <= _TOLERANCE.total_seconds() else None
