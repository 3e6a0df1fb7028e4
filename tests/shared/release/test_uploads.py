"""Which of two uploads is newer, by storage's clock."""

from datetime import UTC, datetime

import pytest

from shared.release.source import Source
from shared.release.uploads import order_uploads, uploaded_at

SECOND = datetime(2026, 11, 23, 6, 2, 1, tzinfo=UTC)
TICKS = int((SECOND - datetime(1, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def upload(name: str, etag: str = "", seconds: int = 0) -> Source:
    at = SECOND.replace(second=SECOND.second + seconds)
    return {"name": name, "etag": etag, "last_modified": at.isoformat()}


def azure_etag(milliseconds: int) -> str:
    return f"0x{TICKS + milliseconds * 10_000:X}"


def test_the_later_second_is_newer() -> None:
    assert order_uploads(upload("b", seconds=1), upload("a")) == "newer"
    assert order_uploads(upload("a"), upload("b", seconds=1)) == "older"


def test_in_one_second_azures_etags_tell() -> None:
    first, second = upload("a", azure_etag(100)), upload("b", azure_etag(900))

    assert order_uploads(first, second) == "older"
    assert order_uploads(second, first) == "newer"


@pytest.mark.parametrize("etag", ["", "0x1D2F3A4B5C6D7E8", "0xABC", "etag", "0x" + "F" * 16])
def test_in_one_second_etags_that_are_no_clock_do_not_tell(etag: str) -> None:
    assert order_uploads(upload("a", etag), upload("b", azure_etag(5))) == "unknown"


def test_one_upload_is_the_same_whatever_the_quotes() -> None:
    assert order_uploads(upload("a", '"0x1"'), upload("a", "0x1")) == "same"


@pytest.mark.parametrize("text", ["", "yesterday"])
def test_an_upload_without_a_time_is_older_than_any(text: str) -> None:
    assert order_uploads({"name": "a", "last_modified": text}, upload("b")) == "older"
    assert uploaded_at({"name": "a"}).year == 1
