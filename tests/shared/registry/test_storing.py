"""Storing a release: once, whole, and not beside somebody else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import BlobClient, ContainerClient

from shared.registry.promotion import reject
from shared.registry.publishing import Outcome, publish_release, publish_stored
from shared.registry.releases import fetch_release
from shared.registry.storing import StoredAlreadyError, _Attempt, store_release
from shared.release.files import MANIFEST, MODEL, FileFacts, file_sha256
from tests.support.deliveries import ANA, actions, states
from tests.support.interrupted_storage import Killed, killed_after, replies_lost
from tests.support.stored_releases import change_manifest, read_manifest, variant

UPLOADED = "2026-02-02T00:00:00+00:00"


@pytest.fixture
def made(release: Path, tmp_path: Path) -> Path:
    return variant(release, tmp_path, "a", UPLOADED)


def store(container: ContainerClient, release: Path) -> None:
    store_release(container, release, read_manifest(release))


@pytest.mark.parametrize("writes", [0, 1, 4])
def test_an_interrupted_upload_is_completed_by_the_next_attempt(
    releases: ContainerClient, made: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    with pytest.raises(Killed), killed_after(monkeypatch, writes):
        store(releases, made)
    assert states(releases) == {}

    store(releases, made)

    assert states(releases) == {"a": "pending"}
    assert actions(releases, "a") == ["stored"]


def test_a_stored_release_is_not_stored_again(releases: ContainerClient, made: Path) -> None:
    store(releases, made)
    before = fetch_release(releases, "a")
    change_manifest(made, created="later")

    assert publish_release(releases, made, read_manifest(made)) == Outcome("published", [])

    assert fetch_release(releases, "a").manifest == before.manifest
    assert actions(releases, "a") == ["stored", "promoted"]


def test_a_lost_reply_to_an_upload_is_recognised(
    releases: ContainerClient, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with replies_lost(monkeypatch, "/a/") as lost:
        store(releases, made)

    assert lost
    assert states(releases) == {"a": "pending"}


def overtake(monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], object]) -> None:
    """Have somebody else act just before a file is uploaded."""
    upload = _Attempt._upload

    def wake_late(attempt: _Attempt, blob: BlobClient, *rest: Any) -> None:
        if str(blob.blob_name).endswith(name):
            monkeypatch.setattr(_Attempt, "_upload", upload)
            act()
        upload(attempt, blob, *rest)

    monkeypatch.setattr(_Attempt, "_upload", wake_late)


@pytest.mark.parametrize("name", [MODEL, MANIFEST])
def test_an_attempt_that_wakes_up_late_does_not_touch_its_successors_release(
    releases: ContainerClient,
    release: Path,
    made: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    successor = variant(release, tmp_path / "next", "a", UPLOADED)
    (made / MODEL).write_bytes(b"another model")
    manifest = read_manifest(made)
    facts = FileFacts(file_sha256(made / MODEL), (made / MODEL).stat().st_size)
    files = {**manifest.files, MODEL: facts}
    change_manifest(made, files=files)
    overtake(monkeypatch, name, lambda: store(releases, successor))

    with pytest.raises(StoredAlreadyError, match="somebody else"):
        store(releases, made)

    stored = fetch_release(releases, "a")
    assert stored.manifest == read_manifest(successor)
    assert releases.download_blob(f"a/{MODEL}").readall() == (successor / MODEL).read_bytes()


def test_a_rejection_during_the_run_is_not_promoted(releases: ContainerClient, made: Path) -> None:
    store(releases, made)
    reject(releases, "a", ANA, "the wrong month")

    outcome = publish_stored(releases, "a")

    assert outcome.state == "rejected"
    assert "the wrong month" in outcome.reasons[0]
    assert states(releases) == {"a": "rejected"}
