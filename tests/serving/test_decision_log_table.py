"""Decisions in their table: batched, bounded, none lost by an orderly stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.core.exceptions import ServiceRequestError
from azure.data.tables import TableClient

from serving.decision_log_table import DecisionWriter, open_decisions
from serving.user_decision import UserDecision
from shared.audit.tables import DECISIONS_TABLE, table_client
from shared.settings import Settings
from tests.support.audit_tables import new_table
from tests.support.paths import ROOT
from tests.support.running_app import empty_releases, run_app
from tests.support.served_releases import USER
from tests.support.stored_releases import publish
from tests.support.waiting import wait_until

NEVER_SECONDS = 3600.0


def decided(n_decisions: int) -> list[UserDecision]:
    return [UserDecision(user, 0.25, 1) for user in range(n_decisions)]


def rows(table: TableClient) -> list[Mapping[str, Any]]:
    return list(table.list_entities())


def test_a_decision_is_a_row(storage: str) -> None:
    table = new_table(storage, "decisions")
    writer = DecisionWriter(lambda: table, NEVER_SECONDS)

    writer.offer("r1", "v1", [UserDecision(2**62, 0.0136, 0), UserDecision(None, 0.31, 1)])
    writer.close(60)

    known, described = rows(table)
    assert (known["request"], known["version"]) == ("r1", "v1")
    assert (known["user"].value, known["probability"], known["decision"]) == (2**62, 0.0136, 0)
    assert "user" not in described
    assert known["PartitionKey"][:8].isdigit()
    assert set(known) == {
        *("PartitionKey", "RowKey", "request", "version", "user", "probability", "decision")
    }


class _Counting:
    """A table that counts its transactions, and fails as often as it is told to."""

    def __init__(self, table: TableClient, failures: int = 0) -> None:
        self._table = table
        self._failures = failures
        self.sizes: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def submit_transaction(self, operations: list[Any]) -> Any:
        self.sizes.append(len(operations))
        if self._failures:
            self._failures -= 1
            raise ServiceRequestError("no route")
        return self._table.submit_transaction(operations)


def test_rows_are_written_a_hundred_at_a_time(storage: str) -> None:
    table: Any = _Counting(new_table(storage, "decisions"))
    writer = DecisionWriter(lambda: table, NEVER_SECONDS)

    writer.offer("r1", "v1", decided(250))
    writer.close(60)

    # The first transaction finds that there is no table yet.
    assert table.sizes == [100, 100, 100, 50]
    assert sorted(row["user"].value for row in rows(table)) == list(range(250))


def test_a_writer_is_closed_once(storage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AzureWebJobsStorage", storage)
    writer = open_decisions(NEVER_SECONDS)
    writer.offer("r1", "v1", decided(1))

    writer.close(60)
    writer.close(60)

    assert not writer._waiting()


def test_a_transaction_holds_rows_of_one_day(storage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table: Any = _Counting(new_table(storage, "decisions"))
    table.create_table()
    writer = DecisionWriter(lambda: table, NEVER_SECONDS)
    midnight = 1_767_225_600 * 10**9
    monkeypatch.setattr("serving.decision_log_table.time.time_ns", lambda: midnight - 1)
    writer.offer("r1", "v1", decided(2))
    monkeypatch.setattr("serving.decision_log_table.time.time_ns", lambda: midnight)
    writer.offer("r2", "v1", decided(3))

    writer.close(60)

    assert table.sizes == [2, 3]
    assert sorted({row["PartitionKey"][:8] for row in rows(table)}) == ["20251231", "20260101"]


def test_what_could_not_be_written_is_written_later_and_once(storage: str) -> None:
    table: Any = _Counting(new_table(storage, "decisions"), failures=3)
    writer = DecisionWriter(lambda: table, 0.02)

    writer.offer("r1", "v1", decided(150))
    wait_until(lambda: not writer._waiting(), "the rows are written")
    writer.close(60)

    assert len(rows(table)) == 150


def test_what_does_not_fit_is_dropped_and_counted_without_waiting(storage: str) -> None:
    table = new_table(storage, "decisions")
    writer = DecisionWriter(lambda: table, NEVER_SECONDS, capacity=10)

    assert writer.offer("r1", "v1", decided(8)) == 0
    assert writer.offer("r2", "v1", decided(8)) == 6
    assert writer.offer("r3", "v1", decided(8)) == 8

    writer.close(60)
    assert len(rows(table)) == 10


def test_an_unexpected_error_does_not_end_the_writing(storage: str) -> None:
    table = new_table(storage, "decisions")
    failures = [RuntimeError("odd")]

    def open_table() -> TableClient:
        if failures:
            raise failures.pop()
        return table

    writer = DecisionWriter(open_table, 0.02)
    writer.offer("r1", "v1", decided(3))
    wait_until(lambda: not writer._waiting(), "the rows are written")
    writer.close(60)

    assert len(rows(table)) == 3


def test_a_stop_does_not_wait_for_a_table_that_is_gone(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> TableClient:
        raise ServiceRequestError("no route")

    writer = DecisionWriter(fail, NEVER_SECONDS)
    writer.offer("r1", "v1", decided(3))

    writer.close(0.2)

    assert "3 decisions wait for their table" in caplog.text
    assert "3 decisions are in the log only." in caplog.text


@pytest.fixture
def table(storage: str) -> Iterator[TableClient]:
    """Return the app's own table, empty."""
    client = table_client(Settings(storage_connection=storage), DECISIONS_TABLE)
    client.delete_table()
    yield client
    client.delete_table()


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), signal.SIGTERM)"])
def test_a_process_that_ends_in_order_loses_no_decision(
    storage: str, table: TableClient, end: str
) -> None:
    code = f"""
import os, signal
from serving.decision_log import DecisionLog
from serving.dispatch import Answer, Request
from serving.user_decision import UserDecision
log = DecisionLog()
for user in range(120):
    request = Request("GET", "prediccion", f"r{{user}}")
    log.record("v1", [UserDecision(user, 0.5, 0)], request, Answer(b""))
{end}
"""
    settings = {"DECISION_LOG": "table", "DECISION_LOG_FLUSH_SECONDS": str(NEVER_SECONDS)}
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"AzureWebJobsStorage": storage} | settings,
        check=False,
    )

    assert run.returncode == (-signal.SIGTERM if end else 0)
    assert len(rows(table)) == 120


def ask(url: str) -> str:
    """Ask for a prediction; return the id of the request."""
    answer = httpx.get(f"{url}/api/user/{USER}/prediccion")
    assert answer.status_code == 200
    return answer.headers["X-Request-Id"]


def test_an_app_that_is_stopped_loses_no_decision(
    storage: str, release: Path, table: TableClient
) -> None:
    publish(empty_releases(storage), release)

    with run_app(
        storage, DECISION_LOG="table", DECISION_LOG_FLUSH_SECONDS=str(NEVER_SECONDS)
    ) as host:
        answered = {ask(host.url) for _ in range(40)}

    assert {row["request"] for row in rows(table)} == answered


def test_an_app_that_is_killed_loses_at_most_the_last_interval(
    storage: str, release: Path, table: TableClient
) -> None:
    publish(empty_releases(storage), release)
    interval_seconds = 4.0

    with run_app(
        storage, DECISION_LOG="table", DECISION_LOG_FLUSH_SECONDS=str(interval_seconds)
    ) as host:
        answered: dict[str, float] = {}
        ends = time.monotonic() + 1.5 * interval_seconds
        while time.monotonic() < ends:
            answered[ask(host.url)] = time.monotonic()
            time.sleep(0.05)
        killed = time.monotonic()
        os.kill(host.pid, signal.SIGKILL)

    older = {one for one, at in answered.items() if at < killed - interval_seconds}
    written = {row["request"] for row in rows(table)}
    assert older
    assert older <= written
    assert written <= answered.keys()
