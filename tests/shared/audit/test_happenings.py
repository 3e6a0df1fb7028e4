"""What blobs tell, and what is too much to tell."""

import json

import msgspec
import pytest

from shared.audit.execution import describe_execution
from shared.audit.happenings import tell_decisions, tell_execution
from tests.support.run_records import run_name, run_record


def test_a_run_that_nobody_has_begun_tells_nothing() -> None:
    record = run_record(run_name(1), "running", attempt=0)

    assert tell_execution(describe_execution(msgspec.json.encode(record), None)) == []


def test_an_event_that_does_not_fit_into_a_record_is_refused() -> None:
    event = {"action": "approved", "at": "2026-01-01", "why": "x" * 400_000}

    with pytest.raises(ValueError, match="at most 400,000 characters"):
        tell_decisions("v1", json.dumps([event]).encode())


def test_an_event_without_an_id_is_named_by_its_content() -> None:
    event = {"action": "approved", "at": "2026-01-01"}

    (first,) = tell_decisions("v1", json.dumps([event]).encode())
    (same,) = tell_decisions("v1", json.dumps([event]).encode())
    (other,) = tell_decisions("v1", json.dumps([event | {"why": "x"}]).encode())

    assert first.id == same.id != other.id
