"""The lines of answers, against those that the library's own methods write."""

import logging
import time

import pytest

from serving.answer_lines import AnswerLines
from shared.log_lines import LogLine


def test_a_line_is_what_the_library_would_have_written(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("serving.lines")
    caplog.set_level(logging.INFO, "serving.lines")
    lines = AnswerLines(logger)

    logger.info("one")
    lines.write("one")

    theirs, ours = caplog.records
    assert vars(ours).keys() == vars(theirs).keys()
    for fact in ("name", "levelno", "levelname", "args", "exc_info", "exc_text", "stack_info"):
        assert getattr(ours, fact) == getattr(theirs, fact)
    assert 0 <= ours.created - theirs.created < 5
    assert ours.msecs == pytest.approx(ours.created % 1 * 1000)
    passed = (ours.created - theirs.created) * 1000
    assert ours.relativeCreated - theirs.relativeCreated == pytest.approx(passed, abs=1)
    assert abs(time.time() - ours.created) < 60
    assert logging.Formatter("%(levelname)s %(name)s %(message)s").format(ours) == (
        "INFO serving.lines one"
    )


def test_a_line_stays_one_whatever_it_quotes(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("serving.lines")
    caplog.set_level(logging.INFO, "serving.lines")

    AnswerLines(logger).write("100 %s\nforged")

    (record,) = caplog.records
    assert isinstance(record, LogLine)
    assert record.getMessage() == "100 %s\\nforged"


def test_no_line_is_written_below_the_level(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("serving.lines")
    caplog.set_level(logging.WARNING, "serving.lines")

    AnswerLines(logger).write("one")

    assert caplog.records == []
