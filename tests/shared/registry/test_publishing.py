"""Publishing a release: all or nothing, the newest upload wins."""

from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.published import PointerUnchanged, fetch_manifest, fetch_pointer
from shared.registry.publishing import SupersededError
from shared.release.files import MODEL, TRAINING_TABLE
from shared.release.pointer import Pointer
from tests.support.stored_releases import current_version, publish, read_manifest, variant


def test_nothing_is_current_before_the_first_release(releases: ContainerClient) -> None:
    assert fetch_pointer(releases) is None


def test_a_published_release_is_current_and_complete(
    releases: ContainerClient, release: Path
) -> None:
    publish(releases, release)

    found = fetch_pointer(releases)
    assert found
    manifest = fetch_manifest(releases, found.pointer)
    assert manifest == read_manifest(release)
    for name in manifest.files:
        stored = releases.download_blob(f"{manifest.version}/{name}").readall()
        assert stored == (release / name).read_bytes()


def test_the_references_two_files_are_copies_of_the_current_release(
    releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    publish(releases, release)
    second = variant(release, tmp_path, "second", "2030-01-01T00:00:00+00:00")
    publish(releases, second)

    table = releases.download_blob("output/train_model.csv").readall()
    model = releases.download_blob("train_models/model_risk.joblib").readall()
    assert table == (second / TRAINING_TABLE).read_bytes()
    assert model == (second / MODEL).read_bytes()


def test_an_unmoved_pointer_is_not_fetched_again(releases: ContainerClient, release: Path) -> None:
    publish(releases, release)
    found = fetch_pointer(releases)
    assert found

    with pytest.raises(PointerUnchanged):
        fetch_pointer(releases, found.etag)


def test_a_release_from_an_older_upload_does_not_become_current(
    releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    publish(releases, variant(release, tmp_path, "newer", "2026-02-02T00:00:00+00:00"))

    with pytest.raises(SupersededError, match=r"newer was made from loans\.csv, uploaded later"):
        publish(releases, variant(release, tmp_path, "older", "2026-02-01T00:00:00+00:00"))

    assert current_version(releases) == "newer"


def test_an_upload_is_compared_again_when_the_pointer_moves_in_the_meantime(
    releases: ContainerClient,
    release: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer = variant(release, tmp_path, "newer", "2026-02-02T00:00:00+00:00")
    older = variant(release, tmp_path, "older", "2026-02-01T00:00:00+00:00")
    write_pointer = Pointer.to_json

    def overtake(pointer: Pointer) -> bytes:
        monkeypatch.setattr(Pointer, "to_json", write_pointer)
        publish(releases, newer)
        return write_pointer(pointer)

    monkeypatch.setattr(Pointer, "to_json", overtake)
    with pytest.raises(SupersededError):
        publish(releases, older)

    assert current_version(releases) == "newer"


def test_a_release_with_a_damaged_file_is_not_published(
    releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    damaged = variant(release, tmp_path, "damaged", "2026-02-02T00:00:00+00:00")
    (damaged / MODEL).write_bytes(b"something else")

    with pytest.raises(BrokenReleaseError, match=r"model_risk\.joblib of damaged must have"):
        publish(releases, damaged)

    assert fetch_pointer(releases) is None


def test_a_damaged_current_release_is_replaced_by_an_intact_one(
    releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    publish(releases, variant(release, tmp_path, "first", "2026-02-02T00:00:00+00:00"))
    releases.upload_blob("first/manifest.json", b"{}", overwrite=True)

    publish(releases, variant(release, tmp_path, "second", "2026-02-03T00:00:00+00:00"))

    assert current_version(releases) == "second"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"version": "x"}', b'{"version": "x", "manifest_sha256": "0"}', b"\xff"],
)
def test_a_malformed_pointer_is_reported(releases: ContainerClient, content: bytes) -> None:
    releases.upload_blob("current.json", content)

    with pytest.raises(BrokenReleaseError, match=r"current\.json must hold"):
        fetch_pointer(releases)
