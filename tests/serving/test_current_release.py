"""The served release, while releases are published, damaged and removed."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from azure.core.exceptions import ServiceRequestError
from azure.storage.blob import ContainerClient

from serving.current_release import CurrentRelease
from serving.dispatch import Request
from serving.loaded_release import LoadedRelease, load_release
from serving.pointer_follower import PointerFollower
from serving.release_watcher import ReleaseWatcher
from serving.service_handlers import ServiceHandlers
from shared.errors import NoReleaseError
from shared.registry.published import fetch_pointer
from shared.release.files import SERVING_TABLE, USER_INDEX
from shared.release.pointer import Pointer
from shared.settings import Settings
from tests.support.served_releases import USER, serving_from
from tests.support.stored_releases import change_manifest, publish, read_manifest, variant
from tests.support.waiting import wait_until

PROBE = Request("GET", "listo", "1")


def test_without_a_release_the_error_says_to_drop_a_csv(served: CurrentRelease) -> None:
    with pytest.raises(NoReleaseError, match="drop a CSV"):
        served.get()

    status = served.status()
    assert status.version is None
    assert status.last_refresh is None
    assert status.last_checked is not None
    assert not status.is_stale(datetime.now(UTC))


def test_without_storage_the_error_says_so() -> None:
    nowhere = ContainerClient.from_connection_string(
        "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=YQ==;"
        "BlobEndpoint=http://127.0.0.1:9/a",
        "releases",
        retry_total=0,
    )

    with (
        serving_from(lambda _: nowhere) as served,
        pytest.raises(NoReleaseError, match="cannot be loaded"),
    ):
        served.get()


def test_the_first_release_is_loaded_on_first_use(
    served: CurrentRelease, releases: ContainerClient, release: Path
) -> None:
    publish(releases, release)

    row = served.get().find_user(USER)

    assert row
    assert 0 < row.probability < 1
    assert served.get().find_user(999) is None


def test_a_release_published_later_is_loaded_without_a_request(
    served: CurrentRelease, releases: ContainerClient, release: Path
) -> None:
    served.start()

    publish(releases, release)

    wait_until(lambda: served.status().version is not None)
    assert served.get().as_of == "2022-03-08"


def test_a_new_release_replaces_the_old_one(
    served: CurrentRelease, releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    publish(releases, variant(release, tmp_path, "first", "2026-01-01T00:00:00+00:00"))
    assert served.get().version == "first"

    publish(releases, variant(release, tmp_path, "second", "2026-01-02T00:00:00+00:00"))

    wait_until(lambda: served.get().version == "second")


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (f"second/{SERVING_TABLE}", "serving.sqlite of second must have the SHA-256"),
        ("second/manifest.json", "The manifest of second must have the SHA-256"),
    ],
)
def test_a_damaged_release_is_not_served_and_the_old_one_stays(
    served: CurrentRelease,
    releases: ContainerClient,
    release: Path,
    tmp_path: Path,
    damage: str,
    problem: str,
) -> None:
    publish(releases, variant(release, tmp_path, "first", "2026-01-01T00:00:00+00:00"))
    pointer = releases.download_blob("current.json").readall()
    publish(releases, variant(release, tmp_path, "second", "2026-01-02T00:00:00+00:00"))
    moved = releases.download_blob("current.json").readall()
    releases.upload_blob("current.json", pointer, overwrite=True)
    assert served.get().version == "first"

    releases.upload_blob(damage, b"damaged", overwrite=True)
    releases.upload_blob("current.json", moved, overwrite=True)

    wait_until(lambda: problem in (served.status().problem or ""))
    assert served.get().find_user(USER)


def test_the_release_stays_when_storage_fails(releases: ContainerClient, release: Path) -> None:
    publish(releases, release)
    with serving_from(lambda _: releases) as served:
        version = served.get().version

        releases.delete_container()

        wait_until(lambda: served.status().problem is not None)
        assert served.get().version == version
        assert served.get().find_user(USER)


def test_the_served_release_is_stale_after_two_missed_refreshes(
    served: CurrentRelease, releases: ContainerClient, release: Path
) -> None:
    publish(releases, release)
    served.get()

    status = served.status()

    now = datetime.now(UTC)
    assert not status.is_stale(now)
    assert status.is_stale(now + timedelta(seconds=1.5))


def test_concurrent_first_requests_load_one_release(
    served: CurrentRelease, releases: ContainerClient, release: Path
) -> None:
    publish(releases, release)
    got: list[object] = []
    requests = [threading.Thread(target=lambda: got.append(served.get())) for _ in range(8)]

    for request in requests:
        request.start()
    for request in requests:
        request.join()

    assert len(got) == 8
    assert len(set(map(id, got))) == 1


def test_a_release_that_this_process_made_current_is_served_without_waiting_for_a_poll(
    releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    with serving_from(lambda _: releases, Settings(release_refresh_seconds=3600)) as served:
        publish(releases, variant(release, tmp_path, "first", "2026-01-01T00:00:00+00:00"))
        assert served.get().version == "first"
        wait_until(lambda: served.status().is_ready)
        publish(releases, variant(release, tmp_path, "second", "2026-01-02T00:00:00+00:00"))

        served.refresh_soon()

        wait_until(lambda: served.get().version == "second")


def test_brief_answers_do_not_wait_for_the_table_and_detailed_ones_do(
    served: CurrentRelease,
    releases: ContainerClient,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(releases, release)
    go_on, load = threading.Event(), LoadedRelease.complete
    monkeypatch.setattr(LoadedRelease, "complete", lambda one: go_on.wait(10) and load(one))

    async def answer() -> None:
        await served.wait_until_loaded()
        assert served.loaded().find_decision(USER)
        assert not served.loaded().is_complete
        waiting = asyncio.ensure_future(served.wait_until_loaded(detailed=True))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        go_on.set()
        await waiting
        assert served.loaded().find_user(USER)

    asyncio.run(answer())


def test_while_the_table_cannot_be_fetched_brief_answers_are_given_and_it_is_tried_again(
    served: CurrentRelease,
    releases: ContainerClient,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: LoadedRelease) -> None:
        raise ServiceRequestError("Connection refused")

    publish(releases, release)
    with monkeypatch.context() as patched:
        patched.setattr(LoadedRelease, "complete", fail)
        with pytest.raises(NoReleaseError, match="only brief answers"):
            served.get().find_user(USER)
        assert served.loaded().find_decision(USER)
        assert not served.status().is_ready
        assert "cannot be loaded" in (served.status().problem or "")

    wait_until(lambda: served.status().is_ready)
    assert served.get().find_user(USER)
    assert served.status().problem is None


def test_a_release_from_before_there_was_an_index_is_served_from_its_table(
    served: CurrentRelease, releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    older = variant(release, tmp_path, "older", "2026-01-01T00:00:00+00:00")
    (older / USER_INDEX).unlink()
    files = read_manifest(older).files
    del files[USER_INDEX]
    change_manifest(older, files=files)

    publish(releases, older)

    loaded = served.get()
    row = loaded.find_user(USER)
    assert row
    assert loaded.find_decision(USER) == (row.probability, row.decision)
    wait_until(lambda: served.status().is_ready)


@pytest.mark.parametrize("detailed", [False, True], ids=["brief", "detailed"])
def test_the_rest_is_left_for_later_unless_somebody_waits_for_it(
    served: CurrentRelease,
    releases: ContainerClient,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
    detailed: bool,
) -> None:
    publish(releases, release)
    monkeypatch.setattr("serving.release_watcher._REST_AFTER_SECONDS", 3600)

    async def wait() -> None:
        await asyncio.wait_for(served.wait_until_loaded(), 20)
        if detailed:
            await asyncio.wait_for(served.wait_until_loaded(detailed=True), 20)
        else:
            await asyncio.sleep(0.2)

    asyncio.run(wait())

    assert served.loaded().find_decision(USER)
    assert served.loaded().is_complete == detailed


def test_the_rest_is_loaded_at_once_for_a_what_if_or_a_probe_of_the_readiness(
    served: CurrentRelease,
    releases: ContainerClient,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish(releases, release)
    monkeypatch.setattr("serving.release_watcher._REST_AFTER_SECONDS", 3600)
    asyncio.run(served.wait_until_loaded())
    assert not served.loaded().is_complete

    served.want_rest()

    wait_until(lambda: served.status().is_ready)
    with serving_from(lambda _: releases) as other:
        asyncio.run(other.wait_until_scoring())
        assert other.loaded().has_scorer


def test_a_probe_of_the_readiness_asks_storage_no_sooner(
    releases: ContainerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_from(lambda _: releases) as served:
        handlers = ServiceHandlers(served, lambda: "build")
        # The first probe starts the thread.
        assert handlers.ready(PROBE).status == 503
        looks: list[str] = []
        monkeypatch.setattr(ReleaseWatcher, "look_now", lambda _: looks.append("look"))
        # Else a failed round would keep anybody from another look.
        monkeypatch.setattr("serving.release_watcher._RETRY_PAUSE_SECONDS", 0)

        assert handlers.ready(PROBE).status == 503
        assert not looks

        with pytest.raises(NoReleaseError):
            served.get()
        assert looks


def test_a_failed_round_counts_for_what_was_served_then_alone(
    releases: ContainerClient, release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.release_watcher._RETRY_PAUSE_SECONDS", 3600)
    with serving_from(lambda _: releases, Settings(release_refresh_seconds=3600)) as served:
        with pytest.raises(NoReleaseError):
            served.get()
        assert served.start().has_just_failed()
        # No round finds it by itself.
        served.start().close()
        publish(releases, release)
        found = fetch_pointer(releases)
        assert found

        served.serve(load_release(releases, found.pointer))

        assert not served.start().has_just_failed()


def test_the_time_of_the_last_refresh_never_steps_back(
    releases: ContainerClient, release: Path
) -> None:
    publish(releases, release)
    follower = PointerFollower()
    assert follower.follow(releases, withdrawn_seconds=60) is None
    after_brief = follower.last_refresh
    assert after_brief
    assert follower.release
    assert not follower.release.is_complete

    assert follower.complete(releases) is None

    assert follower.release.is_complete
    assert follower.last_refresh
    assert follower.last_refresh >= after_brief


def test_a_detailed_answer_waits_although_a_round_before_the_release_was_there_failed(
    served: CurrentRelease,
    releases: ContainerClient,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failures = iter([ServiceRequestError("Connection refused")])

    def fail_once(container: ContainerClient, pointer: Pointer) -> LoadedRelease:
        for failure in failures:
            raise failure
        return load_release(container, pointer)

    monkeypatch.setattr("serving.pointer_follower.load_release", fail_once)
    publish(releases, release)
    served.start()
    wait_until(lambda: served.status().version is not None)

    asyncio.run(served.wait_until_loaded(detailed=True))

    assert served.loaded().find_user(USER)
    wait_until(lambda: served.status().problem is None)
