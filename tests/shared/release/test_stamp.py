"""The line of a report that names its release."""

from msgspec.structs import replace

from shared.release.decisions import Actor, Event
from shared.release.stamp import UNSTAMPED, stamp

REQUEST = Event.now("override_requested", Actor("ana", verified=True), "grown older")
CONFIRMED = replace(
    Event.now("overridden", Actor("<bea>", verified=True), "seen & checked"),
    at="2026-11-24T06:02:01+00:00",
    request=REQUEST,
)
LAPSED = Event.now("override_lapsed", Actor("<bea>", verified=True), "Another came first.")


def test_a_stamp_names_version_state_and_verdict() -> None:
    page = f"<h1>Report</h1>{UNSTAMPED}<p>More</p>".encode()

    stamped = stamp(page, "v<1>", "pending", "warned", []).decode()

    assert "Version v&lt;1&gt;" in stamped
    assert "State: pending, waits for a person's approval" in stamped.replace("&#x27;", "'")
    assert "Verdict: warned" in stamped
    assert UNSTAMPED not in stamped
    assert stamped.endswith("<p>More</p>")


def test_a_report_without_the_line_is_left_as_it_is() -> None:
    assert stamp(b"<p>old</p>", "v1", "current", "passed", []) == b"<p>old</p>"


def stamp_with(*events: Event, state: str = "current") -> str:
    return stamp(UNSTAMPED.encode(), "v1", state, "stopped", events).decode()


def test_a_stamp_counts_the_overrides_and_says_who_made_the_last_when_and_why() -> None:
    stamped = stamp_with(REQUEST, CONFIRMED, REQUEST, CONFIRMED)

    assert "Overrides of its gates: 2; served by the one made by &lt;bea&gt;" in stamped
    assert "as ana had asked, at 2026-11-24T06:02:01+00:00" in stamped
    assert "because: seen &amp; checked</p>" in stamped


def test_a_stamp_of_a_release_no_longer_served_names_the_latest_override() -> None:
    assert "1; the latest was made by &lt;bea&gt;" in stamp_with(CONFIRMED, state="former")


def test_a_stamp_counts_neither_requests_nor_overrides_that_lapsed() -> None:
    assert "Overrides of its gates: none." in stamp_with()
    assert "Overrides of its gates: none." in stamp_with(REQUEST)
    assert "Overrides of its gates: none." in stamp_with(CONFIRMED, LAPSED)
