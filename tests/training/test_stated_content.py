"""What the uploader states of a file is held against it: a cut file is rejected in words."""

from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import BlobClient, ContainerClient, ContentSettings
from msgspec.structs import replace

import training.retraining
from shared.registry.run_store import fetch_run
from tests.support.prebuilt_runs import copy_of
from tests.support.stored_releases import read_manifest
from tests.support.uploads import RUN_SETTINGS, drop, record_of, run_of
from training.retraining import retrain
from training.stated_content import StatedContent

CONTENT = b"the whole file"
DIGEST = sha256(CONTENT).hexdigest()
OTHER = sha256(b"another").hexdigest()


@pytest.fixture(autouse=True)
def prebuilt(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training.retraining, "build_release", copy_of(release))


def upload(inputs: ContainerClient, **options: Any) -> BlobClient:
    return inputs.upload_blob("loans.csv", CONTENT, overwrite=True, **options)


def state_of(upload: BlobClient, releases: ContainerClient) -> tuple[str, list[str]]:
    retrain(upload, releases, RUN_SETTINGS)
    record = record_of(upload, releases)
    return record["state"], record["problems"]


@pytest.mark.parametrize(
    "sidecar",
    [DIGEST, f"{DIGEST}  loans.csv\n", f"{DIGEST.upper()} *loans.csv\r\n", f"\ufeff{DIGEST}"],
)
def test_a_file_that_is_what_is_stated_is_published(
    inputs: ContainerClient, releases: ContainerClient, release: Path, sidecar: str
) -> None:
    drop(inputs, sidecar.encode(), "loans.csv.sha256")
    rows = str(read_manifest(release).data_quality.rows)
    stated = upload(
        inputs,
        metadata={"rows": rows, "SHA256": DIGEST},
        content_settings=ContentSettings(content_md5=bytearray(md5(CONTENT).digest())),
    )

    assert state_of(stated, releases) == ("published", [])


@pytest.mark.parametrize("sidecar", [OTHER, "", "no digest", DIGEST[:-1], "\x00" * 5000])
def test_a_file_beside_the_upload_that_names_another_digest_rejects_it(
    inputs: ContainerClient, releases: ContainerClient, sidecar: str
) -> None:
    drop(inputs, sidecar.encode(), "loans.csv.sha256")

    state, problems = state_of(upload(inputs), releases)

    assert state == "rejected"
    assert problems[0].startswith("loans.csv.sha256 states the SHA-256")
    assert f"the file has {DIGEST}" in problems[0]
    assert "upload the whole file again" in problems[0]


def test_every_contradiction_is_reported(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    # Storage refuses a wrong MD5 of the request that brings the content, but not a later one.
    stated = upload(inputs, metadata={"sha256": OTHER})
    stated.set_http_headers(ContentSettings(content_md5=bytearray(md5(b"another").digest())))

    state, problems = state_of(stated, releases)

    assert state == "rejected"
    assert [problem.split(" ")[0] for problem in problems] == ["The", "Content-MD5"]


@pytest.mark.parametrize("rows", ["7", "many"])
def test_a_file_with_another_number_of_rows_is_rejected(
    inputs: ContainerClient, releases: ContainerClient, release: Path, rows: str
) -> None:
    state, problems = state_of(upload(inputs, metadata={"rows": rows}), releases)

    expected = read_manifest(release).data_quality.rows
    assert state == "rejected"
    assert f"states {rows!r} rows, the file has {expected}" in problems[0]


def test_a_raw_file_is_kept_by_its_digest_where_that_is_asked_for(
    inputs: ContainerClient, releases: ContainerClient
) -> None:
    keeping = replace(RUN_SETTINGS, keep_raw=True)

    retrain(upload(inputs), releases, RUN_SETTINGS)
    assert not releases.get_blob_client(f"raw/{DIGEST}.csv").exists()
    for _ in range(2):
        retrain(upload(inputs), releases, keeping)

    kept = releases.get_blob_client(f"raw/{DIGEST}.csv")
    assert kept.download_blob().readall() == CONTENT
    assert kept.get_blob_properties().blob_tier == "Cool"


@pytest.mark.parametrize("how", ["deleted", "overwritten"])
def test_an_upload_that_goes_while_it_is_read_is_superseded(
    inputs: ContainerClient,
    releases: ContainerClient,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    gone = upload(inputs)
    before = gone.get_blob_properties()
    download = BlobClient.download_blob

    def go_first(blob: BlobClient, *arguments: Any, **options: Any) -> Any:
        if blob.blob_name == "loans.csv":
            monkeypatch.setattr(BlobClient, "download_blob", download)
            if how == "deleted":
                gone.delete_blob()
            else:
                drop(inputs, b"newer")
        return download(blob, *arguments, **options)

    monkeypatch.setattr(BlobClient, "download_blob", go_first)
    retrain(gone, releases, RUN_SETTINGS)

    monkeypatch.setattr(gone, "get_blob_properties", lambda: before)
    record = record_of(gone, releases)
    assert record["state"] == "superseded"
    assert "was deleted or overwritten before it was read" in record["problems"][0]


def test_a_file_that_is_overwritten_before_it_is_read_again_is_superseded_rather_than_rejected(
    inputs: ContainerClient, releases: ContainerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = upload(inputs, metadata={"sha256": OTHER})
    run = run_of(cut)
    check = StatedContent.check_file

    def overwrite_and_check(stated: StatedContent, csv: Path, digest: str) -> None:
        drop(inputs, b"the next file")
        check(stated, csv, digest)

    monkeypatch.setattr(StatedContent, "check_file", overwrite_and_check)

    retrain(cut, releases, RUN_SETTINGS)

    assert fetch_run(releases, run)["state"] == "superseded"
