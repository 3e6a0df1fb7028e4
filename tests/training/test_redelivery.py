"""An upload that is delivered several times is published once."""

import threading

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.storage.blob import ContainerClient
from msgspec.structs import replace

import shared.registry.run_lease
import training.retraining
from shared.registry.published import fetch_pointer
from shared.registry.runs import run_id
from tests.support.uploads import FIXED, RUN_SETTINGS, drop, record_of, versions
from training.retraining import retrain
from training.run_opening import open_run_record
from training.run_record import RunRecordWriter


@pytest.mark.usefixtures("prebuilt")
def test_the_same_upload_delivered_twice_makes_one_release(
    inputs: ContainerClient, releases: ContainerClient, valid_csv: bytes
) -> None:
    upload = drop(inputs, valid_csv)

    retrain(upload, releases, RUN_SETTINGS)
    retrain(upload, releases, RUN_SETTINGS)

    assert len(versions(releases)) == 1
    assert record_of(upload, releases)["attempt"] == 1


def test_the_same_upload_delivered_to_two_instances_at_once_makes_one_release(
    inputs: ContainerClient, releases: ContainerClient, valid_csv: bytes
) -> None:
    upload = drop(inputs, valid_csv)
    deliveries = [
        threading.Thread(target=retrain, args=(upload, releases, RUN_SETTINGS)) for _ in range(2)
    ]

    for delivery in deliveries:
        delivery.start()
    for delivery in deliveries:
        delivery.join()

    assert len(versions(releases)) == 1
    assert record_of(upload, releases)["state"] == "published"


def test_nothing_is_done_while_another_instance_works_on_the_run(
    inputs: ContainerClient,
    releases: ContainerClient,
    valid_csv: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shared.registry.run_lease, "PATIENCE_SECONDS", 0)
    upload = drop(inputs, valid_csv)
    properties = upload.get_blob_properties()
    run = run_id("loans.csv", properties.etag, properties.last_modified)
    other = open_run_record(releases, run, {"name": "loans.csv"}, FIXED)
    assert other

    with other:
        retrain(upload, releases, RUN_SETTINGS)

    assert versions(releases) == set()


def test_a_rejected_upload_is_not_retried(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    bad = drop(inputs, b"not a csv at all")

    retrain(bad, releases, RUN_SETTINGS)
    first = record_of(bad, releases)
    retrain(bad, releases, RUN_SETTINGS)

    assert record_of(bad, releases) == first


@pytest.mark.usefixtures("prebuilt")
def test_with_manual_promotion_a_run_ends_pending_and_is_not_retried(
    inputs: ContainerClient, releases: ContainerClient, valid_csv: bytes
) -> None:
    upload = drop(inputs, valid_csv)

    retrain(upload, releases, replace(RUN_SETTINGS, promotion="manual"))
    first = record_of(upload, releases)
    retrain(upload, releases, replace(RUN_SETTINGS, promotion="manual"))

    assert first["state"] == "pending"
    assert {first["version"]} == versions(releases)
    assert first["metrics"]["n_loans"]
    assert record_of(upload, releases) == first
    assert fetch_pointer(releases) is None


@pytest.mark.usefixtures("prebuilt")
def test_an_infrastructure_failure_is_raised_and_the_next_attempt_succeeds(
    inputs: ContainerClient,
    releases: ContainerClient,
    valid_csv: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError("the network is down")

    upload = drop(inputs, valid_csv)
    with monkeypatch.context() as broken:
        broken.setattr(training.retraining, "store_release", fail)
        with pytest.raises(ConnectionError):
            retrain(upload, releases, RUN_SETTINGS)
    failed = record_of(upload, releases)
    retrain(upload, releases, RUN_SETTINGS)
    published = record_of(upload, releases)

    assert (failed["state"], failed["attempt"]) == ("failed", 1)
    assert failed["problems"] == ["ConnectionError: the network is down"]
    assert (published["state"], published["attempt"]) == ("published", 2)
    assert published["problems"] == []


@pytest.mark.usefixtures("prebuilt")
def test_an_attempt_that_published_without_recording_it_is_not_repeated(
    inputs: ContainerClient,
    releases: ContainerClient,
    valid_csv: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError("the network is down")

    upload = drop(inputs, valid_csv)
    with monkeypatch.context() as broken:
        broken.setattr(RunRecordWriter, "conclude", fail)
        with pytest.raises(ConnectionError):
            retrain(upload, releases, RUN_SETTINGS)
    retrain(upload, releases, RUN_SETTINGS)

    record = record_of(upload, releases)
    assert record["state"] == "published"
    assert versions(releases) == {record["version"]}


@pytest.mark.usefixtures("prebuilt")
def test_a_failed_write_of_the_record_does_not_mask_the_failure(
    inputs: ContainerClient,
    releases: ContainerClient,
    valid_csv: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError("the network is down")

    def fail_to_write(*_: object) -> None:
        raise ServiceRequestError("storage is down")

    upload = drop(inputs, valid_csv)
    monkeypatch.setattr(training.retraining, "store_release", fail)
    monkeypatch.setattr(RunRecordWriter, "fail", fail_to_write)

    with pytest.raises(ConnectionError, match="the network is down"):
        retrain(upload, releases, RUN_SETTINGS)
