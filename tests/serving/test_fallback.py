"""The release that stands in for a current one whose stored files are damaged."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import ContainerClient

import serving.pointer_follower
import serving.release_watcher
from serving.current_release import CurrentRelease
from shared.errors import BrokenReleaseError, NoReleaseError
from shared.registry.decision_log import append_event
from shared.registry.returning import roll_back
from shared.registry.storing import store_release
from shared.release.decisions import Actor, Event
from shared.release.files import MANIFEST, SERVING_TABLE, USER_INDEX, FileFacts, check_digest
from shared.settings import Settings
from shared.storage_limits import StorageLimits
from tests.support.served_releases import USER, serving_from
from tests.support.stored_releases import publish, read_manifest, variant
from tests.support.waiting import wait_until

ANA = Actor("ana", verified=True)

type Publish = Callable[[str], None]


@pytest.fixture
def publish_as(releases: ContainerClient, release: Path, tmp_path: Path) -> Publish:
    def run(version: str) -> None:
        day = 1 + ["first", "second", "third"].index(version)
        publish(releases, variant(release, tmp_path, version, f"2026-01-0{day}T00:00:00+00:00"))

    return run


@pytest.fixture
def published(publish_as: Publish) -> None:
    """Publish three releases; the third is current."""
    for version in ("first", "second", "third"):
        publish_as(version)


def damage(releases: ContainerClient, version: str, name: str = SERVING_TABLE) -> bytes:
    """Flip a bit of a stored file, and return what it was."""
    sound = releases.download_blob(f"{version}/{name}").readall()
    flipped = bytes([sound[0] ^ 1]) + sound[1:]
    releases.upload_blob(f"{version}/{name}", flipped, overwrite=True)
    return sound


@pytest.mark.parametrize("name", [USER_INDEX, SERVING_TABLE, MANIFEST])
@pytest.mark.parametrize("is_missing", [False, True], ids=["damaged", "missing"])
def test_a_cold_instance_serves_the_latest_sound_release_marked_as_such(
    served: CurrentRelease,
    releases: ContainerClient,
    published: None,
    caplog: pytest.LogCaptureFixture,
    name: str,
    is_missing: bool,
) -> None:
    damage(releases, "third", name)
    if is_missing:
        releases.delete_blob(f"third/{name}")

    row = served.get().find_user(USER)

    assert row
    assert served.headers() == {"X-Release-Version": "second", "X-Release-Fallback": "third"}
    status = served.status()
    assert (status.version, status.fallback_for) == ("second", "third")
    assert "second is served instead" in (status.problem or "")
    (line,) = [one for one in caplog.messages if "release_fallback" in one][:1]
    fields = json.loads(line)
    assert (fields["event"], fields["current"], fields["served"]) == (
        "release_fallback",
        "third",
        "second",
    )


@pytest.mark.parametrize("name", [SERVING_TABLE, MANIFEST])
def test_a_release_that_turns_out_damaged_after_brief_answers_is_left_at_once(
    releases: ContainerClient, published: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    damage(releases, "third", name)
    monkeypatch.setattr(serving.release_watcher, "_FIRST_ANSWERS_SECONDS", 0.2)
    with serving_from(lambda _: releases, Settings(release_refresh_seconds=3600)) as served:
        asyncio.run(served.wait_until_loaded())
        first = served.loaded()
        assert (first.version, first.is_complete) == ("third", False)
        assert first.find_decision(USER)

        assert served.get().version == "second"
        assert served.get().find_user(USER)
        assert served.headers()["X-Release-Fallback"] == "third"


def test_a_table_that_is_damaged_on_its_way_once_costs_no_answer(
    releases: ContainerClient, published: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def flip_once(path: Path, expected: FileFacts, version: str) -> None:
        asked.append(path.name)
        if asked.count(SERVING_TABLE) == 1 and path.name == SERVING_TABLE:
            raise BrokenReleaseError("flipped")
        check_digest(path, expected, version)

    monkeypatch.setattr("shared.registry.published.check_digest", flip_once)
    with serving_from(lambda _: releases) as served:
        asyncio.run(served.wait_until_loaded())
        first = served.loaded()

        assert served.get() is first
        assert first.find_user(USER)
        assert asked[:3] == [USER_INDEX, SERVING_TABLE, SERVING_TABLE]
        assert (first.version, first.fallback_for) == ("third", None)


def test_a_release_that_cannot_be_completed_does_not_stay_fresh(
    releases: ContainerClient, published: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.release_watcher._REST_AFTER_SECONDS", 0)
    monkeypatch.setattr("serving.loaded_release.LoadedRelease.complete", refuse)
    with serving_from(lambda _: releases) as served:
        asyncio.run(served.wait_until_loaded())
        wait_until(lambda: "cannot be loaded" in (served.status().problem or ""))

        assert not served.status().is_stale(datetime.now(UTC))
        wait_until(lambda: served.status().is_stale(datetime.now(UTC)))

        assert (served.status().version, served.status().is_ready) == ("third", False)
        monkeypatch.undo()
        wait_until(lambda: served.status().is_ready)
        wait_until(lambda: not served.status().is_stale(datetime.now(UTC)))


def test_a_release_that_was_rolled_back_from_before_it_was_complete_is_left(
    releases: ContainerClient, published: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_from(lambda _: releases) as served:
        with monkeypatch.context() as patched:
            patched.setattr("serving.loaded_release.LoadedRelease.complete", refuse)
            asyncio.run(served.wait_until_loaded())
            assert served.loaded().version == "third"
            roll_back(releases, ANA, "third is wrong")

        wait_until(lambda: served.get().version == "second")
        wait_until(lambda: served.status().is_ready)
        assert served.headers() == {"X-Release-Version": "second"}


def test_the_current_release_is_served_once_it_is_sound_again(
    served: CurrentRelease, releases: ContainerClient, published: None
) -> None:
    sound = damage(releases, "third")
    assert served.get().version == "second"

    releases.upload_blob(f"third/{SERVING_TABLE}", sound, overwrite=True)

    wait_until(lambda: served.get().version == "third")
    assert served.headers() == {"X-Release-Version": "third"}
    assert served.status().problem is None


def test_a_damaged_release_is_skipped_on_the_way_back(
    served: CurrentRelease, releases: ContainerClient, published: None
) -> None:
    damage(releases, "third")
    damage(releases, "second", MANIFEST)

    assert served.get().version == "first"
    assert served.status().fallback_for == "third"


def test_without_a_sound_release_nothing_is_served(
    served: CurrentRelease, releases: ContainerClient, published: None
) -> None:
    for version in ("first", "second", "third"):
        damage(releases, version)

    with pytest.raises(NoReleaseError, match="no earlier one can be served"):
        served.get()


def test_a_release_that_was_rolled_back_from_never_stands_in(
    served: CurrentRelease, releases: ContainerClient, published: None
) -> None:
    roll_back(releases, ANA, "third is wrong")
    damage(releases, "second")

    assert served.get().version == "first"


@pytest.mark.parametrize("action", ["rejected", "rolled_back_from"])
def test_a_release_that_its_record_speaks_against_never_stands_in(
    served: CurrentRelease, releases: ContainerClient, published: None, action: str
) -> None:
    append_event(releases, "second", Event.now(action, ANA, "wrong"))  # type: ignore[arg-type]
    damage(releases, "third")

    assert served.get().version == "first"


def test_a_release_whose_record_cannot_be_read_never_stands_in(
    served: CurrentRelease, releases: ContainerClient, published: None
) -> None:
    releases.upload_blob("decisions/second.json", b"[", overwrite=True)
    damage(releases, "third")

    assert served.get().version == "first"


def test_a_stored_release_that_was_never_current_does_not_stand_in(
    served: CurrentRelease,
    releases: ContainerClient,
    release: Path,
    tmp_path: Path,
    publish_as: Publish,
) -> None:
    pending = variant(release, tmp_path, "pending", "2026-01-01T00:00:00+00:00")
    store_release(releases, pending, read_manifest(pending))
    publish_as("second")
    damage(releases, "second")

    with pytest.raises(NoReleaseError, match="no earlier one can be served"):
        served.get()


def test_a_warm_instance_that_keeps_an_earlier_release_says_so(
    served: CurrentRelease, releases: ContainerClient, publish_as: Publish
) -> None:
    publish_as("first")
    before = releases.download_blob("current.json").readall()
    publish_as("second")
    moved = releases.download_blob("current.json").readall()
    releases.upload_blob("current.json", before, overwrite=True)
    kept = served.get()
    damage(releases, "second")

    releases.upload_blob("current.json", moved, overwrite=True)

    wait_until(lambda: served.status().fallback_for == "second")
    assert served.get() is kept


def test_a_warm_instance_leaves_a_release_that_was_rolled_back_from(
    served: CurrentRelease, releases: ContainerClient, published: None
) -> None:
    assert served.get().version == "third"
    damage(releases, "second")

    roll_back(releases, ANA, "third is wrong")

    wait_until(lambda: served.get().version == "first")
    assert served.status().fallback_for == "second"


def test_a_release_that_was_rolled_back_from_is_not_served_for_want_of_another(
    served: CurrentRelease, releases: ContainerClient, publish_as: Publish
) -> None:
    publish_as("first")
    publish_as("second")
    assert served.get().version == "second"
    damage(releases, "first")

    roll_back(releases, ANA, "second is wrong")

    wait_until(lambda: served.status().version is None)
    with pytest.raises(NoReleaseError, match="damaged"):
        served.get()


def test_a_release_that_was_rolled_back_from_ends_though_storage_keeps_failing(
    releases: ContainerClient, publish_as: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_as("first")
    publish_as("second")
    limits = StorageLimits(refresh_seconds=0.3)
    settings = Settings(release_refresh_seconds=0.05, limits=limits)
    with serving_from(lambda _: releases, settings) as served:
        assert served.get().version == "second"
        monkeypatch.setattr(serving.pointer_follower, "load_release", refuse)

        roll_back(releases, ANA, "second is wrong")

        wait_until(lambda: "cannot be loaded" in (served.status().problem or ""))
        wait_until(lambda: served.status().version is None)


def test_a_release_that_was_rolled_back_from_ends_though_the_search_for_another_keeps_failing(
    releases: ContainerClient, published: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = StorageLimits(refresh_seconds=0.3)
    settings = Settings(release_refresh_seconds=0.05, limits=limits)
    with serving_from(lambda _: releases, settings) as served:
        assert served.get().version == "third"
        damage(releases, "second")
        monkeypatch.setattr("shared.registry.releases.fetch_release", refuse)

        roll_back(releases, ANA, "third is wrong")

        wait_until(lambda: "cannot be loaded" in (served.status().problem or ""))
        wait_until(lambda: served.status().version is None)


def test_an_unchanged_release_is_not_read_again_when_the_pointer_is_rewritten(
    served: CurrentRelease, releases: ContainerClient, published: None
) -> None:
    loaded = served.get()
    damage(releases, "third")
    checked = served.status().last_refresh

    pointer = releases.download_blob("current.json").readall()
    releases.upload_blob("current.json", pointer, overwrite=True)

    wait_until(lambda: served.status().last_refresh != checked)
    assert served.get() is loaded
    assert served.headers() == {"X-Release-Version": "third"}


def refuse(*_: object) -> None:
    raise HttpResponseError("Server busy")
