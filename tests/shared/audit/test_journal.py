"""Appending to the chain: in order, once per event, by many writers."""

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ServiceResponseError
from azure.data.tables import TableClient

from shared.audit.chain import START, find_breaks, read_record
from shared.audit.journal import JournalBusyError, TableJournal
from tests.support.audit_tables import content_of, filled_journal, new_table


def test_a_chain_without_records_starts_at_zero(storage: str) -> None:
    journal = TableJournal(new_table(storage))

    assert journal.head() == START
    assert list(journal.records()) == []
    assert journal.events() == {}


def test_each_record_holds_the_digest_of_the_one_before(storage: str) -> None:
    journal, table = filled_journal(storage, 3)

    records = [read_record(content_of(table, number)) for number in (1, 2, 3)]

    assert [one.number for one in records] == [1, 2, 3]
    assert [one.previous for one in records] == [
        START.sha256,
        records[0].head.sha256,
        records[1].head.sha256,
    ]
    assert records[2].fields == {"number": 3}
    assert journal.head() == records[2].head


def test_an_event_is_recorded_once(storage: str) -> None:
    journal, _ = filled_journal(storage, 2)
    before = journal.head()

    again = journal.record("test.happened", "event-1", {"number": 1})

    assert again.number == 1
    assert journal.head() == before


def test_writers_at_once_make_one_sound_chain(storage: str) -> None:
    table = new_table(storage)

    def write(number: int) -> int:
        return TableJournal(table).record("test.happened", f"event-{number}", {}).number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(write, range(24)))

    journal = TableJournal(table)
    assert sorted(numbers) == list(range(1, 25))
    assert find_breaks(journal.records(), journal.head()) == []


def test_two_writers_of_one_event_make_one_record(storage: str) -> None:
    table = new_table(storage)

    with ThreadPoolExecutor(4) as pool:
        heads = list(
            pool.map(lambda _: TableJournal(table).record("test.happened", "same", {}), range(4))
        )

    assert {head.number for head in heads} == {1}


class _LostReply:
    """A table whose transaction succeeds, but whose first answer is lost."""

    def __init__(self, table: TableClient, error: Exception) -> None:
        self._table = table
        self._error: Exception | None = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)

    def submit_transaction(self, operations: list[Any]) -> list[Mapping[str, Any]]:
        answer = self._table.submit_transaction(operations)
        error, self._error = self._error, None
        if error:
            raise error
        return answer


def test_a_write_whose_answer_was_lost_recognises_itself(storage: str) -> None:
    table = new_table(storage)
    conflict = HttpResponseError("The condition was not met.")
    conflict.status_code = 412

    made = TableJournal(_LostReply(table, conflict)).record("test.happened", "e", {})  # type: ignore[arg-type]

    assert made == TableJournal(table).head()
    assert made.number == 1


def test_a_write_that_is_repeated_after_a_lost_connection_makes_no_second_record(
    storage: str,
) -> None:
    table = new_table(storage)
    journal = TableJournal(_LostReply(table, ServiceResponseError("cut")))  # type: ignore[arg-type]

    with pytest.raises(ServiceResponseError):
        journal.record("test.happened", "e", {})
    journal.record("test.happened", "e", {})

    assert len(list(journal.records())) == 1


class _AlwaysTaken(_LostReply):
    def submit_transaction(self, operations: list[Any]) -> list[Mapping[str, Any]]:
        assert self._error
        raise self._error


def test_a_writer_gives_up_when_others_keep_writing(
    storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.audit.journal._LONGEST_PAUSE_SECONDS", 0)
    conflict = HttpResponseError("The condition was not met.")
    conflict.status_code = 412
    journal = TableJournal(_AlwaysTaken(new_table(storage), conflict))  # type: ignore[arg-type]

    with pytest.raises(JournalBusyError, match="Expected to append e"):
        journal.record("test.happened", "e", {})


def test_an_error_of_storage_is_no_conflict(storage: str) -> None:
    failure = HttpResponseError("The server is busy.")
    failure.status_code = 503
    journal = TableJournal(_AlwaysTaken(new_table(storage), failure))  # type: ignore[arg-type]

    with pytest.raises(HttpResponseError, match="busy"):
        journal.record("test.happened", "e", {})


def test_long_fields_are_split_and_joined(storage: str) -> None:
    table = new_table(storage)
    text = "ñ" * 40_000

    TableJournal(table).record("test.happened", "e", {"text": text})

    assert read_record(content_of(table, 1)).fields == {"text": text}


def test_fields_that_do_not_fit_are_refused(storage: str) -> None:
    with pytest.raises(ValueError, match="at most 480,000 characters"):
        TableJournal(new_table(storage)).record("test.happened", "e", {"text": "x" * 480_000})


def test_the_head_is_logged_at_each_append(storage: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "shared.audit.journal"):
        journal, _ = filled_journal(storage, 1)

    (line,) = [one.getMessage() for one in caplog.records if one.name == "shared.audit.journal"]
    assert line.startswith("audit {")
    assert journal.head().sha256 in line
