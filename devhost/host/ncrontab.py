"""When a timer is due: schedules of six fields, as the platform reads them."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta

from devhost.errors import IndexingError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_ITEM = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?")
_YEARS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Field:
    """The values that one field of a schedule can have."""

    name: str
    lowest: int
    highest: int
    words: tuple[str, ...] = ()


_FIELDS = (
    Field("second", 0, 59),
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day", 1, 31),
    Field("month", 1, 12, ("", *_MONTHS)),
    Field("day of week", 0, 6, _DAYS),
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The seconds, minutes, hours, days, months and days of the week at which a timer is due."""

    allowed: tuple[frozenset[int], ...]

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first due second after a moment, None if there is none for years."""
        seconds, minutes, hours = self.allowed[:3]
        start = moment.replace(microsecond=0) + timedelta(seconds=1)
        day = start.replace(hour=0, minute=0, second=0)
        while day.year <= start.year + _YEARS_AHEAD:
            if self._includes(day):
                times = (
                    day.replace(hour=hour, minute=minute, second=second)
                    for hour in sorted(hours)
                    for minute in sorted(minutes)
                    for second in sorted(seconds)
                )
                found = next((time for time in times if time >= start), None)
                if found:
                    return found
            day += timedelta(days=1)
        return None

    def _includes(self, day: datetime) -> bool:
        # Unlike crontab, which needs only one of them, day and day of week must both match.
        days, months, weekdays = self.allowed[3:]
        return day.day in days and day.month in months and day.isoweekday() % 7 in weekdays


def parse_schedule(text: str) -> Schedule:
    """Parse a schedule: `{second} {minute} {hour} {day} {month} {day of week}`.

    Raises
    ------
    IndexingError
        When it is none, or never due.
    """
    words = text.split()
    if len(words) == len(_FIELDS) - 1:
        # The platform takes five fields for a schedule without seconds.
        words = ["0", *words]
    if len(words) != len(_FIELDS):
        raise _malformed(text, f"it has {len(words)} fields")
    schedule = Schedule(
        tuple(_parse_field(word, field, text) for word, field in zip(words, _FIELDS, strict=True))
    )
    days, months = schedule.allowed[3:5]
    if all(min(days) > monthrange(2000, month)[1] for month in months):
        raise _malformed(text, "it is never due")
    return schedule


def _parse_field(word: str, field: Field, text: str) -> frozenset[int]:
    found: set[int] = set()
    for item in word.split(","):
        parts = _ITEM.fullmatch(item)
        step = int((parts and parts["step"]) or 1)
        if not parts or not step:
            raise _malformed(text, f"{item!r} is no {field.name}")
        first = _parse_value(parts["first"], field, text) if parts["first"] else field.lowest
        if parts["last"]:
            last = _parse_value(parts["last"], field, text)
        else:
            last = first if parts["first"] and not parts["step"] else field.highest
        if last < first:
            raise _malformed(text, f"{item!r} runs backwards")
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _parse_value(word: str, field: Field, text: str) -> int:
    name = word.lower()[:3]
    if not word.isdigit() and name in field.words:
        return field.words.index(name)
    value = int(word) if word.isascii() and word.isdigit() else -1
    if not field.lowest <= value <= field.highest:
        raise _malformed(text, f"{word!r} is no {field.name}")
    return value


def _malformed(text: str, reason: str) -> IndexingError:
    return IndexingError(
        f"The schedule '{text}' is invalid: {reason}. Expected six fields such as '0 */5 * * * *'."
    )
