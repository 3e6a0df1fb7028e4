"""Regular checks of the stored files of the served release."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient
from msgspec.structs import replace

from serving.current_release import CurrentRelease
from shared.release.files import MANIFEST, SCORER, SERVING_TABLE, USER_INDEX
from shared.storage_limits import StorageLimits
from tests.support.served_releases import QUICK, USER, serving_from
from tests.support.stored_releases import publish
from tests.support.waiting import wait_until


@pytest.fixture
def scrubbed(releases: ContainerClient, release: Path) -> Iterator[CurrentRelease]:
    publish(releases, release)
    often = replace(QUICK, limits=StorageLimits(scrub_seconds=0.1))
    with serving_from(lambda _: releases, often) as served:
        served.get()
        yield served


def test_sound_files_are_checked_again_and_again(scrubbed: CurrentRelease) -> None:
    wait_until(lambda: scrubbed.status().last_scrub)
    first = scrubbed.status().last_scrub

    wait_until(lambda: scrubbed.status().last_scrub != first)

    assert scrubbed.status().damaged == ()


@pytest.mark.parametrize("name", [MANIFEST, USER_INDEX, SERVING_TABLE, SCORER])
def test_a_file_that_is_damaged_in_storage_is_reported_while_the_copy_in_memory_serves(
    scrubbed: CurrentRelease,
    releases: ContainerClient,
    caplog: pytest.LogCaptureFixture,
    name: str,
) -> None:
    wait_until(lambda: scrubbed.status().is_ready)
    version = scrubbed.get().version
    sound = releases.download_blob(f"{version}/{name}").readall()

    releases.upload_blob(f"{version}/{name}", b"damaged", overwrite=True)

    wait_until(lambda: scrubbed.status().damaged == (name,))
    assert scrubbed.get().find_user(USER)
    line = next(one for one in caplog.messages if "stored_release_damaged" in one)
    fields = {"event": "stored_release_damaged", "release": version, "files": [name]}
    assert json.loads(line) == fields
    releases.upload_blob(f"{version}/{name}", sound, overwrite=True)
    wait_until(lambda: scrubbed.status().damaged == ())


def test_a_check_that_storage_does_not_answer_says_nothing_about_the_files(
    scrubbed: CurrentRelease, releases: ContainerClient, caplog: pytest.LogCaptureFixture
) -> None:
    wait_until(lambda: scrubbed.status().last_scrub)

    releases.close()
    releases.delete_container()

    wait_until(lambda: scrubbed.status().problem)
    assert scrubbed.get().find_user(USER)
