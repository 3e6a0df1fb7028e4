"""The id of a run: one per upload."""

from datetime import UTC, datetime, timedelta, timezone

from shared.registry.runs import run_blob_name, run_id

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
