"""From an upload to the current release, once, whatever comes in between."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.storage.blob import BlobClient, ContainerClient

import training.journal
import training.retraining
from shared.registry.published import fetch_manifest, fetch_pointer
from shared.registry.runs import RunRecord, run_blob_name, run_id
from shared.release.manifest import Manifest
from shared.settings import RunSettings
from tests.support.portfolios import AS_OF, make_portfolio, write_csv
from tests.support.stored_releases import publish, variant
from training.journal import RunRecordWriter, open_run_record
from training.pipeline import TrainingJob, build_release
from training.progress import Progress
from training.retraining import retrain

RUN_SETTINGS = RunSettings(as_of=AS_OF)


def record_of(upload: BlobClient, releases: ContainerClient) -> RunRecord:
    properties = upload.get_blob_properties()
    run = run_id(str(upload.blob_name), properties.etag, properties.last_modified)
    record: RunRecord = json.loads(releases.download_blob(run_blob_name(run)).readall())
    return record


def versions(releases: ContainerClient) -> set[str]:
    names = releases.list_blob_names()
    return {name.split("/")[0] for name in names if name.endswith("manifest.json")}


def drop(inputs: ContainerClient, content: bytes, name: str = "loans.csv") -> BlobClient:
    return inputs.upload_blob(name, content, overwrite=True)


@pytest.fixture
def sound(raw_file: Path) -> bytes:
    return raw_file.read_bytes()


def test_an_upload_becomes_the_current_release(
    inputs: ContainerClient, releases: ContainerClient, sound: bytes
) -> None:
    upload = drop(inputs, sound)

    retrain(upload, releases, RUN_SETTINGS)

    found = fetch_pointer(releases)
    assert found
    manifest = fetch_manifest(releases, found[0])
    properties = upload.get_blob_properties()
    assert manifest["source"]["etag"] == properties.etag.strip('"')
    assert manifest["source"]["last_modified"] == properties.last_modified.isoformat()
    assert manifest["source"]["bytes"] == len(sound)
    assert manifest["as_of"] == "2022-03-08"


def test_its_record_tells_every_step_and_how_it_ended(
    inputs: ContainerClient, releases: ContainerClient, sound: bytes
) -> None:
    upload = drop(inputs, sound)

    retrain(upload, releases, RUN_SETTINGS)

    record = record_of(upload, releases)
    steps = [step["name"] for step in record["steps"]]
    assert record["state"] == "published"
    assert steps[0] == "download"
    assert steps[-1] == "publish"
    assert {record["version"]} == versions(releases)
    assert record["metrics"]["n_loans"]
    assert record["problems"] == []


def test_the_same_upload_delivered_twice_makes_one_release(
    inputs: ContainerClient, releases: ContainerClient, sound: bytes
) -> None:
    upload = drop(inputs, sound)

    retrain(upload, releases, RUN_SETTINGS)
    retrain(upload, releases, RUN_SETTINGS)

    assert len(versions(releases)) == 1
    assert record_of(upload, releases)["attempt"] == 1


def test_the_same_upload_delivered_to_two_instances_at_once_makes_one_release(
    inputs: ContainerClient, releases: ContainerClient, sound: bytes
) -> None:
    upload = drop(inputs, sound)
    deliveries = [
        threading.Thread(target=retrain, args=(upload, releases, RUN_SETTINGS)) for _ in range(2)
    ]

    for delivery in deliveries:
        delivery.start()
    for delivery in deliveries:
        delivery.join()

    assert len(versions(releases)) == 1
    assert record_of(upload, releases)["state"] == "published"


def test_while_another_instance_is_at_it_nothing_is_done(
    inputs: ContainerClient,
    releases: ContainerClient,
    sound: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training.journal, "PATIENCE_SECONDS", 0)
    upload = drop(inputs, sound)
    properties = upload.get_blob_properties()
    run = run_id("loans.csv", properties.etag, properties.last_modified)
    other = open_run_record(releases, run, {"name": "loans.csv"})
    assert other

    with other:
        retrain(upload, releases, RUN_SETTINGS)

    assert versions(releases) == set()


def test_a_bad_csv_leaves_the_current_release(
    inputs: ContainerClient, releases: ContainerClient, sound: bytes
) -> None:
    retrain(drop(inputs, sound), releases, RUN_SETTINGS)
    before = fetch_pointer(releases)
    bad = drop(inputs, b"loan_id,id\n1,2\n", "bad.csv")

    retrain(bad, releases, RUN_SETTINGS)

    record = record_of(bad, releases)
    assert record["state"] == "rejected"
    assert "Column loan_amount is missing: add it." in record["problems"]
    assert fetch_pointer(releases) == before
    assert len(versions(releases)) == 1


def test_a_rejected_upload_is_not_tried_again(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    bad = drop(inputs, b"not a csv at all")

    retrain(bad, releases, RUN_SETTINGS)
    first = record_of(bad, releases)
    retrain(bad, releases, RUN_SETTINGS)

    assert record_of(bad, releases) == first


def test_a_fault_raises_so_that_the_platform_tries_again_and_the_next_attempt_succeeds(
    inputs: ContainerClient,
    releases: ContainerClient,
    sound: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError("the network is away")

    upload = drop(inputs, sound)
    with monkeypatch.context() as broken:
        broken.setattr(training.retraining, "publish_release", fail)
        with pytest.raises(ConnectionError):
            retrain(upload, releases, RUN_SETTINGS)
    failed = record_of(upload, releases)
    retrain(upload, releases, RUN_SETTINGS)
    published = record_of(upload, releases)

    assert (failed["state"], failed["attempt"]) == ("failed", 1)
    assert failed["problems"] == ["ConnectionError: the network is away"]
    assert (published["state"], published["attempt"]) == ("published", 2)
    assert published["problems"] == []


def test_an_attempt_that_published_and_could_not_say_so_is_not_made_again(
    inputs: ContainerClient,
    releases: ContainerClient,
    sound: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError("the network is away")

    upload = drop(inputs, sound)
    with monkeypatch.context() as broken:
        broken.setattr(RunRecordWriter, "conclude", fail)
        with pytest.raises(ConnectionError):
            retrain(upload, releases, RUN_SETTINGS)
    retrain(upload, releases, RUN_SETTINGS)

    record = record_of(upload, releases)
    assert record["state"] == "published"
    assert versions(releases) == {record["version"]}


def test_a_record_that_cannot_be_written_does_not_hide_the_fault(
    inputs: ContainerClient,
    releases: ContainerClient,
    sound: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError("the network is away")

    def be_away(*_: object) -> None:
        raise ServiceRequestError("storage is away")

    upload = drop(inputs, sound)
    monkeypatch.setattr(training.retraining, "publish_release", fail)
    monkeypatch.setattr(RunRecordWriter, "fail", be_away)

    with pytest.raises(ConnectionError, match="the network is away"):
        retrain(upload, releases, RUN_SETTINGS)


def test_an_upload_that_is_older_than_what_is_served_is_rejected(
    inputs: ContainerClient,
    releases: ContainerClient,
    release: Path,
    sound: bytes,
    tmp_path: Path,
) -> None:
    publish(releases, variant(release, tmp_path, "newer", "2999-01-01T00:00:00+00:00"))
    upload = drop(inputs, sound)

    retrain(upload, releases, RUN_SETTINGS)

    record = record_of(upload, releases)
    assert record["state"] == "rejected"
    assert "newer was made from loans.csv, uploaded later" in record["problems"][0]
    assert versions(releases) == {"newer"}


def test_an_upload_that_is_gone_is_no_fault(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    upload = drop(inputs, b"x")
    upload.delete_blob()

    retrain(upload, releases, RUN_SETTINGS)

    assert versions(releases) == set()


def test_another_upload_under_the_same_name_is_another_run(
    inputs: ContainerClient, releases: ContainerClient, sound: bytes, tmp_path: Path
) -> None:
    retrain(drop(inputs, sound), releases, RUN_SETTINGS)
    other = write_csv(tmp_path / "other.csv", make_portfolio(n_users=90, seed=1))
    second = drop(inputs, other.read_bytes())

    retrain(second, releases, RUN_SETTINGS)

    found = fetch_pointer(releases)
    assert found
    assert fetch_manifest(releases, found[0])["counts"]["users"] == 90
    assert len(versions(releases)) == 2


def test_a_releases_container_that_is_not_there_is_made(
    inputs: ContainerClient, releases: ContainerClient, sound: bytes
) -> None:
    releases.delete_container()

    retrain(drop(inputs, sound), releases, replace(RUN_SETTINGS, cost_ratio=9.0))

    found = fetch_pointer(releases)
    assert found
    assert fetch_manifest(releases, found[0])["decision"]["threshold"] == pytest.approx(0.1)


def test_with_manual_promotion_a_run_ends_pending_and_is_not_tried_again(
    inputs: ContainerClient, releases: ContainerClient, sound: bytes
) -> None:
    upload = drop(inputs, sound)

    retrain(upload, releases, replace(RUN_SETTINGS, promotion="manual"))
    first = record_of(upload, releases)
    retrain(upload, releases, replace(RUN_SETTINGS, promotion="manual"))

    assert first["state"] == "pending"
    assert {first["version"]} == versions(releases)
    assert first["metrics"]["n_loans"]
    assert record_of(upload, releases) == first
    assert fetch_pointer(releases) is None


def test_a_candidate_that_the_gates_stop_ends_the_run_as_refused_with_the_gates_words(
    inputs: ContainerClient,
    releases: ContainerClient,
    sound: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    retrain(drop(inputs, sound), releases, RUN_SETTINGS)
    champion = fetch_pointer(releases)

    def build_worse(job: TrainingJob, out: Path, progress: Progress) -> Manifest:
        gate = {"name": "auc", "verdict": "stopped", "detail": "It is worse than the champion's."}
        manifest = build_release(job, out, progress) | {"gates": [gate], "verdict": "stopped"}
        (out / "manifest.json").write_text(json.dumps(manifest))
        return manifest

    monkeypatch.setattr(training.retraining, "build_release", build_worse)
    worse = drop(inputs, sound, "worse.csv")
    retrain(worse, releases, RUN_SETTINGS)

    record = record_of(worse, releases)
    assert record["state"] == "refused"
    assert record["problems"] == ["auc: It is worse than the champion's."]
    assert record["version"] in versions(releases)
    assert fetch_pointer(releases) == champion
