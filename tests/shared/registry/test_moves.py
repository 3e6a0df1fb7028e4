"""What the pointer says of the release that it names, however it came to name it."""

import json
from pathlib import Path

from azure.storage.blob import ContainerClient

from shared.registry.promotion import approve
from shared.registry.published import fetch_latest
from shared.registry.publishing import publish_release
from shared.registry.repairing import repair
from shared.registry.returning import roll_back
from shared.release.files import USER_INDEX
from shared.release.pointer import Pointer
from tests.support.deliveries import ANA, Deliver
from tests.support.stored_releases import change_manifest, read_manifest, variant


def current(releases: ContainerClient) -> Pointer:
    found = fetch_latest(releases)
    assert found
    return found.pointer


def require_index(releases: ContainerClient, version: str) -> None:
    """Require that a release is current, and that the pointer repeats its manifest."""
    pointer = current(releases)
    content = releases.download_blob(f"{version}/manifest.json").readall()
    manifest = json.loads(content)
    assert pointer.version == version
    assert pointer.as_of == manifest["as_of"]
    assert pointer.index
    assert {"sha256": pointer.index.sha256, "bytes": pointer.index.bytes} == manifest["files"][
        USER_INDEX
    ]


def test_the_pointer_names_the_index_of_the_release_that_it_names(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a", as_of="2022-03-01")
    deliver("b", as_of="2022-03-02")
    require_index(releases, "b")
    assert [one.as_of for one in current(releases).previous] == ["2022-03-01"]

    roll_back(releases, ANA, "complaints")
    require_index(releases, "a")

    approve(releases, "b", ANA, "it was not the model")
    require_index(releases, "b")

    last = list(releases.list_blob_names(name_starts_with="history/"))[-1]
    for name in ("current.json", last):
        releases.upload_blob(name, b"{}", overwrite=True)
    repair(releases, ANA, "a")
    require_index(releases, "a")


def test_the_way_back_names_an_index_that_an_earlier_pointer_did_not(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    before = json.loads(releases.download_blob("current.json").readall())
    assert before.pop("index")
    assert before.pop("as_of")
    # As an earlier version of the code wrote it, before moves were counted.
    older = {name: before[name] for name in ("version", "manifest_sha256", "previous", "moved")}
    for name in releases.list_blob_names(name_starts_with="history/"):
        releases.delete_blob(name)
    releases.upload_blob("current.json", json.dumps(older), overwrite=True)
    deliver("b")
    assert [one.index for one in current(releases).previous] == [None]

    roll_back(releases, ANA, "complaints")

    require_index(releases, "a")


def test_the_pointer_to_a_release_without_an_index_names_none(
    releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    older = variant(release, tmp_path, "older", "2026-01-01T00:00:00+00:00")
    (older / USER_INDEX).unlink()
    files = read_manifest(older).files
    del files[USER_INDEX]

    publish_release(releases, older, change_manifest(older, files=files))

    pointer = current(releases)
    assert (pointer.version, pointer.index, pointer.as_of) == ("older", None, "2022-03-08")
