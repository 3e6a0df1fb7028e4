"""The line of a report that names its release."""

from shared.release.stamp import UNSTAMPED, stamp


def test_a_stamp_names_version_state_and_verdict() -> None:
    page = f"<h1>Report</h1>{UNSTAMPED}<p>More</p>".encode()

    stamped = stamp(page, "v<1>", "pending", "warned").decode()

    assert "Version v&lt;1&gt;" in stamped
    assert "State: pending, waits for a person's approval" in stamped.replace("&#x27;", "'")
    assert "Verdict: warned" in stamped
    assert UNSTAMPED not in stamped
    assert stamped.endswith("<p>More</p>")


def test_a_report_without_the_line_is_left_as_it_is() -> None:
    assert stamp(b"<p>old</p>", "v1", "current", "passed") == b"<p>old</p>"
