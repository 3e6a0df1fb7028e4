"""From an upload to its outcome: published, pending, refused or rejected."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from azure.storage.blob import BlobClient, ContainerClient
from msgspec.structs import replace

import training.retraining
from shared.registry.published import fetch_manifest, fetch_pointer
from shared.release.facts import Gate
from shared.release.manifest import Manifest
from tests.support.containers import new_container
from tests.support.portfolios import make_portfolio, write_csv
from tests.support.prebuilt_runs import copy_of
from tests.support.stored_releases import change_manifest, publish, variant
from tests.support.uploads import RUN_SETTINGS, drop, record_of, versions
from training.pipeline import TrainingJob
from training.progress import Progress
from training.retraining import retrain


@pytest.fixture(scope="module")
def trained(storage: str, raw_file: Path) -> Iterator[tuple[BlobClient, ContainerClient]]:
    """Return an upload and the releases after its run; tests must not change them."""
    with new_container(storage, "input") as inputs, new_container(storage, "releases") as releases:
        upload = drop(inputs, raw_file.read_bytes())
        retrain(upload, releases, RUN_SETTINGS)
        yield upload, releases


def test_an_upload_becomes_the_current_release(
    trained: tuple[BlobClient, ContainerClient], valid_csv: bytes
) -> None:
    upload, releases = trained

    found = fetch_pointer(releases)
    assert found
    manifest = fetch_manifest(releases, found.pointer)
    properties = upload.get_blob_properties()
    assert manifest.source["etag"] == properties.etag.strip('"')
    assert manifest.source["last_modified"] == properties.last_modified.isoformat()
    assert manifest.source["bytes"] == len(valid_csv)
    assert manifest.as_of == "2022-03-08"


def test_the_run_record_lists_every_step_and_the_outcome(
    trained: tuple[BlobClient, ContainerClient],
) -> None:
    upload, releases = trained

    record = record_of(upload, releases)
    steps = [step["name"] for step in record["steps"]]
    assert record["state"] == "published"
    assert steps[0] == "download"
    assert steps[-1] == "publish"
    assert {record["version"]} == versions(releases)
    assert record["metrics"]["n_loans"]
    assert record["problems"] == []


def test_the_run_record_holds_the_digest_of_the_upload(
    trained: tuple[BlobClient, ContainerClient], valid_csv: bytes
) -> None:
    upload, releases = trained

    assert record_of(upload, releases)["source"]["sha256"] == sha256(valid_csv).hexdigest()


def test_a_bad_csv_leaves_the_current_release(
    inputs: ContainerClient, releases: ContainerClient, release: Path
) -> None:
    publish(releases, release)
    before = fetch_pointer(releases)
    bad = drop(inputs, b"loan_id,id\n1,2\n", "bad.csv")

    retrain(bad, releases, RUN_SETTINGS)

    record = record_of(bad, releases)
    assert record["state"] == "rejected"
    assert "Column loan_amount is missing: add it." in record["problems"]
    assert fetch_pointer(releases) == before
    assert len(versions(releases)) == 1


def test_an_upload_older_than_the_current_release_is_superseded(
    inputs: ContainerClient,
    releases: ContainerClient,
    release: Path,
    valid_csv: bytes,
    tmp_path: Path,
) -> None:
    publish(releases, variant(release, tmp_path, "newer", "2999-01-01T00:00:00+00:00"))
    upload = drop(inputs, valid_csv)

    retrain(upload, releases, RUN_SETTINGS)

    record = record_of(upload, releases)
    assert record["state"] == "superseded"
    assert "newer was made from loans.csv, uploaded later" in record["problems"][0]
    assert versions(releases) == {"newer"}


def test_a_deleted_upload_is_ignored(inputs: ContainerClient, releases: ContainerClient) -> None:
    upload = drop(inputs, b"x")
    upload.delete_blob()

    retrain(upload, releases, RUN_SETTINGS)

    assert versions(releases) == set()


def test_another_upload_under_the_same_name_is_another_run(
    inputs: ContainerClient, releases: ContainerClient, valid_csv: bytes, tmp_path: Path
) -> None:
    retrain(drop(inputs, valid_csv), releases, RUN_SETTINGS)
    other = write_csv(tmp_path / "other.csv", make_portfolio(n_users=130))
    second = drop(inputs, other.read_bytes())

    retrain(second, releases, RUN_SETTINGS)

    found = fetch_pointer(releases)
    assert found
    assert fetch_manifest(releases, found.pointer).counts.users == 130
    assert len(versions(releases)) == 2


def test_a_missing_releases_container_is_created(
    inputs: ContainerClient, releases: ContainerClient, valid_csv: bytes
) -> None:
    releases.delete_container()

    retrain(drop(inputs, valid_csv), releases, replace(RUN_SETTINGS, cost_ratio=9.0))

    found = fetch_pointer(releases)
    assert found
    assert fetch_manifest(releases, found.pointer).decision.threshold == pytest.approx(0.1)


def test_a_stopped_candidate_ends_the_run_as_refused_with_the_gates_findings(
    inputs: ContainerClient,
    releases: ContainerClient,
    release: Path,
    valid_csv: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    build = copy_of(release)
    monkeypatch.setattr(training.retraining, "build_release", build)
    retrain(drop(inputs, valid_csv), releases, RUN_SETTINGS)
    champion = fetch_pointer(releases)

    def build_worse(job: TrainingJob, out: Path, progress: Progress) -> Manifest:
        gate = Gate("auc", 0.6, "", "stopped", "It is worse than the champion's.")
        build(job, out, progress)
        return change_manifest(out, gates=[gate], verdict="stopped")

    monkeypatch.setattr(training.retraining, "build_release", build_worse)
    worse = drop(inputs, valid_csv, "worse.csv")
    retrain(worse, releases, RUN_SETTINGS)

    record = record_of(worse, releases)
    assert record["state"] == "refused"
    assert record["problems"] == ["auc: It is worse than the champion's."]
    assert record["version"] in versions(releases)
    assert fetch_pointer(releases) == champion
