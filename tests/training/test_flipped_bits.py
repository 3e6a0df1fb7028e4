"""A bit that flips on the way does not cost an upload its run."""

import hashlib
from collections.abc import Callable

import pytest
from azure.storage.blob import BlobClient, ContainerClient, ContentSettings

from shared.registry.run_store import fetch_run
from shared.release.source import Source
from tests.support.fault_proxy import FaultProxy
from tests.support.faults import FlipBit, Truncate
from tests.support.uploads import FIXED, RUN_SETTINGS, record_of, run_of
from training.retraining import retrain
from training.run_opening import open_run_record


@pytest.fixture
def through_proxy(fault_proxy: FaultProxy) -> Callable[[BlobClient], BlobClient]:
    def client(upload: BlobClient) -> BlobClient:
        return BlobClient.from_connection_string(
            fault_proxy.connection_string, upload.container_name, upload.blob_name
        )

    return client


@pytest.mark.parametrize("stated", [True, False])
def test_a_file_is_rejected_only_if_it_is_read_alike_twice(
    inputs: ContainerClient,
    releases: ContainerClient,
    fault_proxy: FaultProxy,
    through_proxy: Callable[[BlobClient], BlobClient],
    *,
    stated: bool,
) -> None:
    content = b"loan_id,id\n1,2\n"
    md5 = bytearray(hashlib.md5(content, usedforsecurity=False).digest()) if stated else None
    upload = inputs.upload_blob(
        "loans.csv", content, content_settings=ContentSettings(content_md5=md5)
    )
    proxied = through_proxy(upload)

    with (
        fault_proxy.inject(FlipBit(), "GET", "loans.csv", times=1) as flipped,
        pytest.raises(OSError, match="read twice with different content"),
    ):
        retrain(proxied, releases, RUN_SETTINGS)

    assert flipped.injected == 1
    assert record_of(upload, releases)["state"] == "failed"
    retrain(proxied, releases, RUN_SETTINGS)
    # The file itself lacks columns, and is rejected for that.
    assert "Content-MD5" not in " ".join(record_of(upload, releases)["problems"])
    assert record_of(upload, releases)["state"] == "rejected"


def test_a_run_record_that_is_damaged_on_the_way_keeps_its_release(
    inputs: ContainerClient, releases: ContainerClient, fault_proxy: FaultProxy
) -> None:
    source: Source = {"name": "loans.csv"}
    run = run_of(inputs.upload_blob("loans.csv", b"any"))
    proxied = ContainerClient.from_connection_string(
        fault_proxy.connection_string, releases.container_name
    )
    first = open_run_record(releases, run, source, FIXED)
    assert first
    with first:
        pass

    with fault_proxy.inject(Truncate(), "GET", "runs/", times=1) as damaged:
        second = open_run_record(proxied, run, source, FIXED)

    assert second
    with second:
        assert damaged.injected == 1
        assert second.version == first.version
    assert fetch_run(releases, run)["attempt"] == 2
