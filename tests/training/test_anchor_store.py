"""The release that a person names as the anchor."""

from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from shared.registry.storing import store_release
from tests.support.release_facts import make_manifest
from tests.support.stored_releases import change_manifest
from training.anchor_store import name_anchor
from training.gates.champion import Champion


def test_a_named_release_is_the_anchor(releases: ContainerClient, tmp_path: Path) -> None:
    manifest = make_manifest("named")
    (tmp_path / "manifest.json").write_bytes(manifest.to_json())
    store_release(releases, tmp_path, change_manifest(tmp_path))

    champion = name_anchor(Champion(make_manifest("champion"), None), releases, "named")

    assert champion
    assert champion.anchor == manifest


@pytest.mark.parametrize("version", ["never-stored", "no/version"])
def test_a_name_that_no_release_has_leaves_the_anchor_that_is_carried(
    releases: ContainerClient, version: str, caplog: pytest.LogCaptureFixture
) -> None:
    champion = Champion(make_manifest("champion"), None)

    assert name_anchor(champion, releases, version) == champion
    assert "ANCHOR_VERSION" in caplog.text


def test_without_a_name_or_a_champion_nothing_is_fetched(releases: ContainerClient) -> None:
    champion = Champion(make_manifest("champion"), None)

    assert name_anchor(champion, releases, None) == champion
    assert name_anchor(None, releases, "named") is None
