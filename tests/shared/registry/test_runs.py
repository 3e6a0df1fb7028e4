"""The id of a run, one per upload, and its record as it lies in storage."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.registry.runs import (
    MAX_ATTEMPTS,
    BrokenRunError,
    RunRecord,
    read_run,
    run_blob_name,
    run_id,
    write_run,
)
from tests.support.paths import ROOT
from tests.support.uploads import FIXED

UPLOADED = datetime(2026, 11, 23, 6, 2, 1, tzinfo=UTC)


def test_an_upload_has_one_id_whatever_the_quotes_and_the_time_zone() -> None:
    eastern = UPLOADED.astimezone(timezone(timedelta(hours=3)))

    assert run_id("a.csv", '"0x1"', UPLOADED) == run_id("a.csv", "0x1", eastern)


def test_ids_sort_by_upload_time_and_name_a_blob() -> None:
    run = run_id("a.csv", "0x1", UPLOADED)

    assert run.startswith("20261123T060201Z-")
    assert run < run_id("a.csv", "0x1", UPLOADED + timedelta(seconds=1))
    assert run_blob_name(run) == f"runs/{run}.json"


def test_another_name_or_etag_is_another_run() -> None:
    ids = {run_id(name, etag, UPLOADED) for name in ("a.csv", "b.csv") for etag in ("1", "2")}

    assert len(ids) == 4


def test_a_record_is_read_as_it_was_written() -> None:
    record: RunRecord = {
        "id": "20261123T060201Z-0a1b2c3d4e",
        "state": "failed",
        "attempt": 2,
        "source": {"name": "loans.csv", "bytes": 7},
        "started": "2026-11-23T06:02:01.000+00:00",
        "updated": "2026-11-23T06:02:02.000+00:00",
        "steps": [{"name": "read", "detail": "7 loans", "seconds": 0.1}],
        "problems": ["the disk was full"],
        "version": "20261123T060201Z-0a1b2c3d4e5f",
        "fixed": FIXED,
    }

    assert read_run(write_run(record)) == record


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"{}", b"[]", b"null", b"\xff", b'{"id": 1}', b"[" * 200_000, b'{"a":' * 200_000],
)
def test_a_damaged_record_is_reported_with_what_it_holds(content: bytes) -> None:
    with pytest.raises(BrokenRunError, match="Expected a run record, got"):
        read_run(content)


def test_the_platform_gives_up_after_as_many_attempts_as_a_run_has() -> None:
    host = json.loads((ROOT / "host.json").read_text())

    assert host["extensions"]["blobs"]["poisonBlobThreshold"] == MAX_ATTEMPTS
