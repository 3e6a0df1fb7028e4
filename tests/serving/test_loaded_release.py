"""A loaded release: its temporary files and its scorer."""

from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import ContainerClient
from msgspec.structs import replace

import shared.registry.published
from serving.current_release import CurrentRelease
from serving.loaded_release import LoadedRelease
from serving.user_handlers import UserHandlers
from shared.errors import BrokenReleaseError, NoReleaseError
from shared.release.files import MANIFEST, SCORER, SERVING_TABLE, USER_INDEX, FileFacts, file_sha256
from shared.release.manifest import Manifest
from shared.release.pointer import Pointer
from tests.support.fixed_release import load_fixed_release
from tests.support.requests import about
from tests.support.served_releases import USER
from tests.support.stored_releases import change_manifest, publish, read_manifest, variant
from tests.support.waiting import wait_until


def test_nothing_is_left_in_temporary_storage(
    served: CurrentRelease,
    releases: ContainerClient,
    release: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    publish(releases, release)

    loaded = served.get()
    wait_until(lambda: loaded.has_scorer)

    assert list(temporary.iterdir()) == []
    assert loaded.find_user(USER)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux lists open files")
def test_the_space_of_the_old_files_is_freed_after_their_last_reader(
    served: CurrentRelease, releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    of_other_tests = held_files()
    publish(releases, variant(release, tmp_path, "first", "2026-01-01T00:00:00+00:00"))
    reader = served.get()

    publish(releases, variant(release, tmp_path, "second", "2026-01-02T00:00:00+00:00"))
    wait_until(lambda: served.get().version == "second")

    assert reader.find_user(USER)
    # An index and a table each.
    assert len(held_files() - of_other_tests) == 4
    del reader
    wait_until(lambda: len(held_files() - of_other_tests) == 2)


def held_files() -> set[str]:
    """List the files of releases that this process has open or mapped under temporary names."""
    found = {
        line.split(maxsplit=5)[-1] for line in Path("/proc/self/maps").read_text().splitlines()
    }
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add(str(descriptor.readlink()))
    return {name for name in found if "credit-risk-release-" in name}


def test_the_scorer_is_loaded_after_the_table_without_a_request(
    served: CurrentRelease, releases: ContainerClient, release: Path
) -> None:
    publish(releases, release)
    loaded = served.get()
    row = loaded.find_user(USER)
    assert row

    wait_until(lambda: loaded.has_scorer)

    score = loaded.scorer().predict_default(row.features)
    assert score == pytest.approx(row.probability, rel=1e-12)
    assert served.status().is_ready


@pytest.mark.parametrize(
    ("content", "problem"), [(None, "cannot be fetched now"), (b"{}", "must have the SHA-256")]
)
def test_an_instance_without_a_scorer_is_not_ready_but_answers_keyed_reads(
    served: CurrentRelease,
    releases: ContainerClient,
    release: Path,
    content: bytes | None,
    problem: str,
) -> None:
    publish(releases, release)
    version = read_manifest(release).version
    sound = releases.download_blob(f"{version}/{SCORER}").readall()
    if content is None:
        releases.delete_blob(f"{version}/{SCORER}")
    else:
        releases.upload_blob(f"{version}/{SCORER}", content, overwrite=True)

    loaded = served.get()

    wait_until(lambda: loaded.scorer_problem is not None)
    assert loaded.find_user(USER)
    with pytest.raises(NoReleaseError, match=problem):
        loaded.scorer()
    assert not served.status().is_ready
    assert problem in (served.status().problem or "")
    releases.upload_blob(f"{version}/{SCORER}", sound, overwrite=True)
    wait_until(lambda: served.status().is_ready)
    assert served.status().problem is None


def test_a_scorer_of_another_version_of_the_code_does_not_stop_the_watcher(
    served: CurrentRelease, releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    odd = variant(release, tmp_path, "odd", "2026-01-01T00:00:00+00:00")
    (odd / SCORER).write_text("{}")
    facts = FileFacts(file_sha256(odd / SCORER), 2)
    change_manifest(odd, files={**read_manifest(odd).files, SCORER: facts})
    publish(releases, odd)
    assert served.get().find_user(USER)
    wait_until(lambda: "must hold a scorer" in (served.status().problem or ""))

    publish(releases, variant(release, tmp_path, "next", "2026-01-02T00:00:00+00:00"))

    wait_until(lambda: served.status().is_ready)
    assert served.get().version == "next"


def test_a_release_that_exceeds_temporary_storage_is_not_fetched(
    served: CurrentRelease,
    releases: ContainerClient,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(releases, release)
    monkeypatch.setattr(shared.registry.published, "SPARE_BYTES", 1 << 62)

    with pytest.raises(NoReleaseError, match="bytes of temporary storage"):
        served.get()


def without_index(manifest: Manifest) -> Manifest:
    files = {name: facts for name, facts in manifest.files.items() if name != USER_INDEX}
    return replace(manifest, files=files)


def test_brief_answers_of_the_index_are_those_of_the_table(tmp_path: Path) -> None:
    current = load_fixed_release(tmp_path)
    loaded = current.loaded()
    older = LoadedRelease(
        lambda: without_index(loaded.manifest), lambda name, _: nullcontext(tmp_path / name)
    )

    def answer() -> list[bytes]:
        users = UserHandlers(current)
        asked = [about(user, detalle=detail) for user in "78" for detail in ("false", "true")]
        return [
            ask(request).body for ask in (users.features, users.prediction) for request in asked
        ]

    of_index = answer()
    current.serve(older)

    assert answer() == of_index
    assert loaded.find_shown(9) is loaded.find_decision(9) is older.find_shown(9) is None


def point_to(manifest: Manifest, **changed: Any) -> Pointer:
    fields = {"as_of": manifest.as_of, "index": manifest.files[USER_INDEX], **changed}
    return Pointer(manifest.version, "ab" * 32, **fields)


def test_brief_answers_need_the_pointer_and_the_index_alone(release: Path) -> None:
    asked: list[str] = []

    def fetch(name: str, _: FileFacts) -> nullcontext[Path]:
        asked.append(name)
        return nullcontext(release / name)

    def fetch_manifest() -> Manifest:
        asked.append(MANIFEST)
        return manifest

    manifest = read_manifest(release)
    loaded = LoadedRelease(fetch_manifest, fetch, point_to(manifest))

    assert loaded.find_decision(USER)
    assert loaded.find_shown(USER)
    assert (loaded.version, loaded.as_of) == (manifest.version, manifest.as_of)
    assert (asked, loaded.is_complete) == ([USER_INDEX], False)
    for ask in (lambda: loaded.find_user(USER), lambda: loaded.threshold):
        with pytest.raises(NoReleaseError, match="only brief answers"):
            ask()
    loaded.complete()
    loaded.complete()
    assert loaded.find_user(USER)
    assert loaded.threshold == manifest.decision.threshold
    assert asked == [USER_INDEX, MANIFEST, SERVING_TABLE]


def test_a_pointer_that_does_not_name_the_index_leaves_that_to_the_manifest(release: Path) -> None:
    asked: list[str] = []

    def fetch(name: str, _: FileFacts) -> nullcontext[Path]:
        asked.append(name)
        return nullcontext(release / name)

    manifest = read_manifest(release)
    loaded = LoadedRelease(lambda: manifest, fetch, point_to(manifest, index=None, as_of=None))

    assert loaded.find_decision(USER)
    assert (asked, loaded.is_complete, loaded.as_of) == ([USER_INDEX], False, manifest.as_of)
    loaded.complete()
    assert loaded.find_user(USER)
    assert asked == [USER_INDEX, SERVING_TABLE]


@pytest.mark.parametrize(
    "changed", [{"as_of": "2021-01-01"}, {"index": FileFacts("cd" * 32, 7)}], ids=["as_of", "index"]
)
def test_a_release_of_which_its_pointer_says_something_else_is_never_complete(
    release: Path, changed: dict[str, Any]
) -> None:
    manifest = read_manifest(release)
    loaded = LoadedRelease(
        lambda: manifest, lambda name, _: nullcontext(release / name), point_to(manifest, **changed)
    )

    for _ in range(2):
        with pytest.raises(BrokenReleaseError, match="as its manifest does"):
            loaded.complete()
        assert not loaded.is_complete
