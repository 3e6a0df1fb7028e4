"""When a timer is due."""

from datetime import UTC, datetime

import pytest

from devhost.errors import IndexingError
from devhost.host.ncrontab import parse_schedule

NOON = datetime(2026, 11, 26, 12, 0, 0, 500, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        ("0 */5 * * * *", "2026-11-26T12:05:00"),
        ("*/15 * * * * *", "2026-11-26T12:00:15"),
        ("0 30 9 * * *", "2026-11-27T09:30:00"),
        ("0 0 0 1 * *", "2026-12-01T00:00:00"),
        ("0 0 8-10/2,23 * * Mon-Fri", "2026-11-26T23:00:00"),
        ("0 0 12 * Jan sunday", "2027-01-03T12:00:00"),
        # Day and day of week must both match: the next Friday the 13th.
        ("0 0 0 13 * 5", "2027-08-13T00:00:00"),
        ("5 12 * * *", "2026-11-26T12:05:00"),
        ("0 0 0 29 2 *", "2028-02-29T00:00:00"),
    ],
)
def test_the_next_occurrence_is_the_first_after_now(schedule: str, due: str) -> None:
    found = parse_schedule(schedule).next_after(NOON)

    assert found is not None
    assert found.replace(tzinfo=None).isoformat() == due


@pytest.mark.parametrize(
    "schedule",
    [
        "",
        "* * *",
        "60 * * * * *",
        "0 */0 * * * *",
        "0 9-7 * * * *",
        "0 x * * * *",
        "0 0 0 31 2 *",
        "0 0 0 * * 7",
        "00:05:00",
    ],
)
def test_a_schedule_that_is_never_due_is_refused(schedule: str) -> None:
    with pytest.raises(IndexingError, match="is invalid"):
        parse_schedule(schedule)
