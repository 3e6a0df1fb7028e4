"""Events in the log: JSON on a line, with the trace of the invocation."""

import json
import logging

import pytest

from shared.telemetry import begin_trace, log_event, trace_id

TRACE = "0af7651916cd43dd8448eb211c80319c"

logger = logging.getLogger(__name__)


@pytest.mark.parametrize(
    "traceparent",
    [f"00-{TRACE}-b7ad6b7169203331-01", f"01-{TRACE}-b7ad6b7169203331-00-later"],
)
def test_a_trace_is_taken_from_the_platform(traceparent: str) -> None:
    begin_trace(traceparent)

    assert trace_id() == TRACE


@pytest.mark.parametrize(
    "traceparent",
    [None, "", "x", f"00-{TRACE}", f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-{TRACE.upper()}-b-1"],
)
def test_what_is_no_trace_ends_the_one_before(traceparent: str | None) -> None:
    begin_trace(f"00-{TRACE}-b7ad6b7169203331-01")

    begin_trace(traceparent)

    assert trace_id() == ""


def test_an_event_is_a_line_of_json(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    begin_trace(f"00-{TRACE}-b7ad6b7169203331-01")
    log_event(logger, "run_ended", logging.ERROR, state="failed", file="a\n%s.csv")
    begin_trace(None)
    log_event(logger, "run_started")

    with_trace, without = (json.loads(line) for line in caplog.messages)
    assert with_trace == {
        "event": "run_ended",
        "state": "failed",
        "file": "a\n%s.csv",
        "trace": TRACE,
    }
    assert without == {"event": "run_started"}
    assert [record.levelno for record in caplog.records] == [logging.ERROR, logging.INFO]
