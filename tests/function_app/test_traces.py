"""One trace from a dropped blob through each step to its publication, and through a request."""

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.invoked_app import App


def events_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    lines = [line for line in caplog.messages if line.startswith('{"event"')]
    return [json.loads(line) for line in lines]


def test_the_events_of_a_dropped_file_share_a_trace(
    app: App, raw_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    app.drop(raw_file.read_bytes())
    app.drop(b"loan_id;id\nx;y\n", "broken.csv")

    of_runs = [event for event in events_of(caplog) if "run" in event]
    traces = {event["run"]: event["trace"] for event in of_runs}
    assert all(traces[event["run"]] == event["trace"] for event in of_runs)
    assert len(set(traces.values())) == 2
    first = [event["event"] for event in of_runs if event["run"] == of_runs[0]["run"]]
    assert {"run_started", "run_step", "gate", "release_stored", "run_ended"} == set(first)


def test_a_decision_has_the_trace_of_its_request(
    served: App, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    for _ in range(2):
        assert served.get("/user/5000042/prediccion").status == 200
    decisions = [
        json.loads(line.removeprefix("decision "))
        for line in caplog.messages
        if line.startswith("decision ")
    ]

    traces = {decision["trace"] for decision in decisions}
    assert len(traces) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", trace) for trace in traces)
