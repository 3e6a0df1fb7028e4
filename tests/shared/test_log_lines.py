"""What is logged stays on one line, whatever it quotes."""

import logging
from collections.abc import Iterator

import pytest

from shared.log_lines import keep_to_one_line
from shared.printable import printable


@pytest.fixture(autouse=True)
def _usual_records() -> Iterator[None]:
    usual = logging.getLogRecordFactory()
    keep_to_one_line()
    yield
    logging.setLogRecordFactory(usual)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.csv", "a.csv"),
        ("año 2026 (1).csv", "año 2026 (1).csv"),
        ("a\n2026-01-01 INFO published", r"a\n2026-01-01 INFO published"),
        ("\r\x1b[2Ka\t\x00\x7f", r"\r\x1b[2Ka\t\x00\x7f"),
        ("a\u2028b\u202ecsv.exe\ud800", r"a\u2028b\u202ecsv.exe\ud800"),
    ],
)
def test_a_name_cannot_forge_an_entry_of_the_log(
    caplog: pytest.LogCaptureFixture, name: str, shown: str
) -> None:
    logging.getLogger("training.retraining").warning("%s was rejected: %s", name, "why")

    (record,) = caplog.records
    assert record.getMessage() == f"{shown} was rejected: why"
    assert record.getMessage() == printable(record.getMessage())


def test_the_records_of_other_libraries_are_as_they_write_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logging.getLogger("azure.core").warning("Request URL: x\n  a: b")

    assert caplog.messages == ["Request URL: x\n  a: b"]


def test_a_library_can_make_a_record_of_facts() -> None:
    record = logging.makeLogRecord({"name": "azure.core", "msg": "one"})

    assert (record.name, record.getMessage()) == ("azure.core", "one")
