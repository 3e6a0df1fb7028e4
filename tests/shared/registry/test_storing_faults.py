"""Storing a release: once, whatever answer is lost and whoever else is at it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ResourceModifiedError
from azure.storage.blob import BlobClient, ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.decision_log import fetch_record
from shared.registry.releases import fetch_release
from shared.registry.storing import StoredAlreadyError, is_stored, store_release
from shared.release.files import MODEL
from tests.support.stored_releases import change_manifest, read_manifest, variant

ORIGINAL = BlobClient.upload_blob


class FenceDown(Exception):  # noqa: N818 -- what a fence raises is the caller's
    """Another attempt has taken over."""


@contextmanager
def uploads_changed(change: Callable[[int, Callable[[], Any], BlobClient], Any]) -> Iterator[None]:
    """Put something in the way of uploads, which are numbered from 0."""
    count = iter(range(1000))

    def upload(blob: BlobClient, *arguments: Any, **options: Any) -> Any:
        return change(next(count), lambda: ORIGINAL(blob, *arguments, **options), blob)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BlobClient, "upload_blob", upload)
        yield


@pytest.mark.parametrize("write", range(9))
def test_a_write_whose_answer_is_lost_is_recognised(
    releases: ContainerClient, release: Path, write: int
) -> None:
    def lose(number: int, upload: Callable[[], Any], blob: BlobClient) -> Any:
        answer = upload()
        if number == write:
            # The SDK repeats the write, and storage refuses the repetition.
            raise ResourceModifiedError("The condition was not met.")
        return answer

    manifest = read_manifest(release)
    with uploads_changed(lose):
        store_release(releases, release, manifest)

    stored = fetch_release(releases, manifest.version)
    assert stored.manifest == manifest
    assert [event.action for event in stored.record.events] == ["stored"]


def test_nothing_is_recorded_as_stored_once_the_fence_is_down(
    releases: ContainerClient, release: Path
) -> None:
    manifest = read_manifest(release)
    for holds in range(2):
        left = iter(range(holds))

        def fence(left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise FenceDown

        with pytest.raises(FenceDown):
            store_release(releases, release, manifest, fence)

        assert not is_stored(fetch_record(releases, manifest.version))


def test_a_stored_release_is_left_as_it_is(
    releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    first = read_manifest(release)
    store_release(releases, release, first)
    other = variant(release, tmp_path, first.version, "2026-02-02T00:00:00+00:00")

    store_release(releases, other, change_manifest(other, evaluated_on="another build"))

    assert fetch_release(releases, first.version).manifest == first


def test_what_an_earlier_attempt_left_is_replaced(releases: ContainerClient, release: Path) -> None:
    manifest = read_manifest(release)
    for name in manifest.files:
        releases.upload_blob(f"{manifest.version}/{name}", b"part of another build")

    store_release(releases, release, manifest)

    for name in manifest.files:
        stored = releases.download_blob(f"{manifest.version}/{name}").readall()
        assert stored == (release / name).read_bytes()


def test_an_upload_that_arrives_damaged_is_not_recorded_as_stored(
    releases: ContainerClient, release: Path
) -> None:
    def damage(_: int, upload: Callable[[], Any], blob: BlobClient) -> Any:
        answer = upload()
        if str(blob.blob_name).endswith(MODEL):
            noted = blob.get_blob_properties().metadata
            answer = ORIGINAL(blob, b"flipped", overwrite=True, metadata=noted)
        return answer

    manifest = read_manifest(release)
    with uploads_changed(damage), pytest.raises(BrokenReleaseError, match="after its upload"):
        store_release(releases, release, manifest)

    assert not is_stored(fetch_record(releases, manifest.version))


def test_an_attempt_that_is_overtaken_at_every_write_gives_up(
    releases: ContainerClient, release: Path
) -> None:
    def overtake(_: int, upload: Callable[[], Any], blob: BlobClient) -> Any:
        if str(blob.blob_name).endswith(MODEL):
            ORIGINAL(blob, b"another attempt's", overwrite=True)
        return upload()

    manifest = read_manifest(release)
    with uploads_changed(overtake), pytest.raises(StoredAlreadyError, match=MODEL):
        store_release(releases, release, manifest)

    assert not is_stored(fetch_record(releases, manifest.version))
