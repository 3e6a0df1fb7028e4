"""Serving while the pointer is damaged: its history stands in."""

from pathlib import Path

from azure.storage.blob import ContainerClient

from tests.support.served_releases import USER, serving_from
from tests.support.stored_releases import publish, variant
from tests.support.waiting import wait_until


def test_a_new_instance_serves_the_current_release_although_the_pointer_is_damaged(
    releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    publish(releases, variant(release, tmp_path, "first", "2026-01-01T00:00:00+00:00"))
    publish(releases, variant(release, tmp_path, "second", "2026-01-02T00:00:00+00:00"))
    releases.upload_blob("current.json", b"{}", overwrite=True)

    with serving_from(lambda _: releases) as served:
        assert served.get().version == "second"
        assert served.get().find_user(USER)

        publish(releases, variant(release, tmp_path, "third", "2026-01-03T00:00:00+00:00"))

        wait_until(lambda: served.get().version == "third")
