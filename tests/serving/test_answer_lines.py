"""The lines of answers, against those that the library's own methods write."""

import logging
import time

import pytest

from serving.answer_lines import AnswerLines
from serving.dispatch import encode
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


@pytest.mark.parametrize("quoted", ["\n", "\r", "\x1b", "\x00", "\x7f", "\x85", "\u2028", "\u202e"])
def test_a_document_stays_on_its_line_whatever_it_quotes(
    caplog: pytest.LogCaptureFixture, quoted: str
) -> None:
    logger = logging.getLogger("serving.lines")
    caplog.set_level(logging.INFO, "serving.lines")

    AnswerLines(logger).write_document("decision", encode({"name": f"a{quoted}b"}))

    (record,) = caplog.records
    message = record.getMessage()
    assert message.isprintable()
    escapes = quoted.encode("unicode_escape").decode(), f"\\u{ord(quoted):04x}"
    assert message in [f'decision {{"name":"a{escape}b"}}' for escape in escapes]


@pytest.mark.parametrize("space", ["\n", "\r", "\t"])
def test_a_document_stays_on_its_line_however_it_is_laid_out(
    caplog: pytest.LogCaptureFixture, space: str
) -> None:
    logger = logging.getLogger("serving.lines")
    caplog.set_level(logging.INFO, "serving.lines")

    AnswerLines(logger).write_document("decision", f'{{"a":{space}1}}'.encode())

    (record,) = caplog.records
    assert record.getMessage().isprintable()


def test_a_document_is_written_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("serving.lines")
    caplog.set_level(logging.INFO, "serving.lines")

    AnswerLines(logger).write_document("decision", encode({"name": "ñ %s"}))

    assert [record.getMessage() for record in caplog.records] == ['decision {"name":"ñ %s"}']


def test_no_line_is_written_below_the_level(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("serving.lines")
    caplog.set_level(logging.WARNING, "serving.lines")

    AnswerLines(logger).write("one")

    assert caplog.records == []
