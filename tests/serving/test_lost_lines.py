"""Lines without an invocation are kept, each once, and told by the next invocation."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from functools import partial
from threading import Thread

import pytest
from azure_functions_runtime import invocation_id_cv

from serving.lost_lines import LostLines, attribute_lines
from shared.log_lines import keep_to_one_line

logger = logging.getLogger("serving.of_this_test")


@pytest.fixture
def lines() -> Iterator[LostLines]:
    lines = LostLines(most=3)
    logger.setLevel(logging.INFO)
    logger.addHandler(lines)
    yield lines
    logger.removeHandler(lines)


def in_thread(work: Callable[[], object]) -> None:
    thread = Thread(target=work)
    thread.start()
    thread.join()


def told(lines: LostLines, caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.clear()
    lines.tell()
    return [record.getMessage() for record in caplog.records]


def test_a_line_of_a_thread_is_told_once(
    lines: LostLines, caplog: pytest.LogCaptureFixture
) -> None:
    in_thread(lambda: logger.warning("%s is late", "a"))

    assert told(lines, caplog) == ["a is late"]
    assert caplog.records[0].levelno == logging.WARNING
    assert told(lines, caplog) == []


def test_a_line_of_the_app_keeps_to_one_line(
    lines: LostLines, caplog: pytest.LogCaptureFixture
) -> None:
    factory = logging.getLogRecordFactory()
    keep_to_one_line()
    try:
        in_thread(lambda: logger.warning("%s", "two\nlines"))
    finally:
        logging.setLogRecordFactory(factory)

    assert told(lines, caplog) == ["two\\nlines"]


def test_a_line_that_cannot_be_formatted_does_not_end_its_thread(
    lines: LostLines, caplog: pytest.LogCaptureFixture
) -> None:
    ended: list[bool] = []

    def work() -> None:
        lines.handle(logger.makeRecord("serving", logging.INFO, "", 0, "%d", ("a",), None))
        ended.append(True)

    in_thread(work)

    assert ended == [True]
    assert told(lines, caplog) == []


def test_a_line_that_repeats_is_kept_once_and_the_oldest_go_first(
    lines: LostLines, caplog: pytest.LogCaptureFixture
) -> None:
    for word in ("first", "a", "b", "a", "c"):
        in_thread(partial(logger.info, word))

    assert told(lines, caplog) == ["b", "a", "c"]


def test_a_traceback_is_kept_as_text(lines: LostLines, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        try:
            int("as expected")
        except ValueError:
            logger.exception("It failed.")

    in_thread(fail)
    told(lines, caplog)

    assert "ValueError: invalid literal" in (caplog.records[0].exc_text or "")
    assert caplog.records[0].exc_info is None


def test_a_line_of_an_invocation_is_not_kept(
    lines: LostLines, caplog: pytest.LogCaptureFixture
) -> None:
    async def function() -> None:
        logger.info("of the task")
        attribute_lines("i")
        await asyncio.to_thread(logger.info, "of its thread")

    in_thread(lambda: asyncio.run(function()))

    assert invocation_id_cv.get() is None
    assert told(lines, caplog) == []


def test_where_no_worker_runs_nothing_is_kept(
    lines: LostLines, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.lost_lines._WORKER", "no_such_worker")

    attribute_lines("i")
    in_thread(lambda: logger.info("a line"))

    assert told(lines, caplog) == []
