"""Retention: what is kept, thinned, cooled, removed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobClient, ContainerClient

from shared.registry import retention
from shared.registry.decision_log import DecisionRecord, fetch_record
from shared.registry.folders import list_folders
from shared.registry.published import fetch_manifest, fetch_pointer
from shared.registry.publishing import publish_release
from shared.registry.releases import fetch_release
from shared.registry.retention import apply_retention
from shared.registry.returning import roll_back
from shared.release.files import MANIFEST, SERVING_TABLE, TRAINING_TABLE, USER_INDEX
from shared.settings import Retention
from tests.support.deliveries import ANA, STOPPED, Deliver
from tests.support.stored_releases import current_version, read_manifest, variant

TWO = Retention(keep_releases=2, retain_days=760)
SOON = datetime.now(UTC) + timedelta(days=2)
LATE = datetime.now(UTC) + timedelta(days=800)


def files(releases: ContainerClient, version: str) -> dict[str, str]:
    """Give the tier of each file of a release."""
    return {
        blob.name.removeprefix(f"{version}/"): str(blob.blob_tier)
        for blob in releases.list_blobs(name_starts_with=f"{version}/")
    }


def is_whole(releases: ContainerClient, version: str) -> bool:
    found = files(releases, version)
    return TRAINING_TABLE in found and set(found.values()) == {"Hot"}


def test_the_latest_releases_stay_and_older_ones_keep_what_answers_need_in_the_cool_tier(
    releases: ContainerClient, deliver: Deliver
) -> None:
    for version in ("v1", "v2", "v3", "v4"):
        deliver(version)

    apply_retention(releases, TWO, SOON)

    whole = [one for one in ("v1", "v2", "v3", "v4") if is_whole(releases, one)]
    thinned = files(releases, "v1")
    assert whole == ["v2", "v3", "v4"]
    assert TRAINING_TABLE not in thinned
    assert {
        MANIFEST,
        USER_INDEX,
        SERVING_TABLE,
        "scorer.json",
        "model_risk.joblib",
    } <= thinned.keys()
    assert set(thinned.values()) == {"Cool"}
    assert fetch_release(releases, "v1").manifest.version == "v1"


def test_current_previous_and_pending_releases_stay_however_old(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("v1")
    deliver("v2", promotion="manual")
    deliver("v3")
    for version in ("v4", "v5", "v6"):
        deliver(version, **STOPPED)

    apply_retention(releases, TWO, SOON)

    kept = [one for one in ("v1", "v2", "v3", "v4", "v5", "v6") if is_whole(releases, one)]
    assert kept == ["v1", "v2", "v3", "v5", "v6"]


def test_what_was_written_today_is_left_alone(releases: ContainerClient, deliver: Deliver) -> None:
    for version in ("v1", "v2", "v3", "v4"):
        deliver(version)

    assert apply_retention(releases, TWO, datetime.now(UTC)) == []

    assert is_whole(releases, "v1")


def test_a_cool_release_is_removed_when_its_time_is_over_and_its_decisions_stay(
    releases: ContainerClient, deliver: Deliver
) -> None:
    for version in ("v1", "v2", "v3", "v4"):
        deliver(version)
    apply_retention(releases, TWO, SOON)
    apply_retention(releases, TWO, SOON + timedelta(days=700))
    assert MANIFEST in files(releases, "v1")

    done = apply_retention(releases, TWO, LATE)

    assert files(releases, "v1") == {}
    assert done[0].startswith("v1 was removed")
    assert releases.get_blob_client("decisions/v1.json").exists()
    assert is_whole(releases, "v2")


def test_a_release_that_a_person_went_back_to_stays(
    releases: ContainerClient, deliver: Deliver
) -> None:
    for version in ("v1", "v2", "v3", "v4", "v5"):
        deliver(version)
    for version in ("v5", "v4", "v3", "v2"):
        roll_back(releases, ANA, None, version)
    assert current_version(releases) == "v1"

    apply_retention(releases, TWO, LATE)

    assert is_whole(releases, "v1")


def test_what_a_dead_run_left_of_a_release_is_removed_after_a_day(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("v1")
    releases.upload_blob("v0/train_model.csv", b"part")
    releases.upload_blob("v2/manifest.json", b"{}")
    releases.upload_blob("decisions/v2.json", b"[]")

    assert apply_retention(releases, TWO, datetime.now(UTC)) == []
    apply_retention(releases, TWO, SOON)

    names = set(releases.list_blob_names())
    assert not any(name.startswith(("v0/", "v2/", "decisions/v2")) for name in names)
    assert is_whole(releases, "v1")


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff"])
def test_a_release_with_a_damaged_record_stays(
    releases: ContainerClient, deliver: Deliver, content: bytes
) -> None:
    for version in ("v1", "v2", "v3", "v4", "v5"):
        deliver(version)
    releases.upload_blob("decisions/v1.json", content, overwrite=True)

    apply_retention(releases, Retention(1, 760), SOON)

    assert is_whole(releases, "v1")


def test_a_raw_file_goes_when_it_is_old_unless_a_release_that_stays_was_made_from_it(
    releases: ContainerClient, deliver: Deliver, release: Path
) -> None:
    deliver("v1", source={"name": "loans.csv", "sha256": "ab"})
    for name in ("raw/ab.csv", "raw/cd.csv"):
        releases.upload_blob(name, b"loans")

    apply_retention(releases, TWO, SOON)
    assert len(list(releases.list_blob_names(name_starts_with="raw/"))) == 2
    apply_retention(releases, TWO, LATE)

    assert list(releases.list_blob_names(name_starts_with="raw/")) == ["raw/ab.csv"]


def test_the_served_release_can_be_read_throughout(
    releases: ContainerClient, deliver: Deliver
) -> None:
    for version in ("v1", "v2", "v3", "v4"):
        deliver(version)

    for at in (SOON, LATE, LATE + timedelta(days=800)):
        apply_retention(releases, Retention(1, 1), at)

    found = fetch_pointer(releases)
    assert found
    manifest = fetch_manifest(releases, found.pointer)
    assert set(manifest.files) <= files(releases, "v4").keys()


def test_an_account_without_tiers_keeps_what_it_cannot_cool(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise HttpResponseError("This account has no tiers.")

    for version in ("v1", "v2", "v3", "v4"):
        deliver(version)
    monkeypatch.setattr(BlobClient, "set_standard_blob_tier", refuse)

    assert apply_retention(releases, TWO, LATE) == []

    assert SERVING_TABLE in files(releases, "v1")


def test_raw_files_stay_while_a_release_cannot_be_read(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("v1")
    releases.upload_blob("raw/cd.csv", b"loans")
    releases.upload_blob("v1/manifest.json", b"{}", overwrite=True)

    apply_retention(releases, TWO, LATE)

    assert list(releases.list_blob_names(name_starts_with="raw/")) == ["raw/cd.csv"]


def test_a_run_that_completes_its_release_during_the_cleaning_keeps_it(
    releases: ContainerClient,
    deliver: Deliver,
    release: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    deliver("v1")
    releases.upload_blob(f"v2/{MANIFEST}", b"{}")
    releases.upload_blob("decisions/v2.json", b"[]")
    copy = variant(release, tmp_path, "v2", "2026-03-01T00:00:00+00:00")

    def complete_meanwhile(container: ContainerClient, version: str) -> DecisionRecord:
        found = fetch_record(container, version)
        if version == "v2" and not found.events:
            publish_release(releases, copy, read_manifest(copy))
        return found

    monkeypatch.setattr(retention, "fetch_record", complete_meanwhile)

    apply_retention(releases, TWO, SOON)

    assert current_version(releases) == "v2"
    assert set(read_manifest(copy).files) < files(releases, "v2").keys()
    assert fetch_release(releases, "v2").record.events


def test_a_raw_file_stays_as_long_as_a_cool_release_that_was_made_from_it(
    releases: ContainerClient, deliver: Deliver
) -> None:
    raw = releases.upload_blob("raw/ab.csv", b"loans")
    kept = raw.get_blob_properties().last_modified
    deliver("v1", source={"name": "loans.csv", "sha256": "ab"})
    for version in ("v2", "v3", "v4"):
        deliver(version)
    apply_retention(releases, Retention(2, 1), SOON)
    (cool,) = [one for one in list_folders(releases) if one.version == "v1"]
    assert cool.cooled
    assert cool.cooled > kept

    end = cool.cooled + timedelta(days=1)
    apply_retention(releases, Retention(2, 1), end - timedelta(milliseconds=1))
    assert raw.exists()
    apply_retention(releases, Retention(2, 1), end + timedelta(seconds=1))
    assert not raw.exists()
