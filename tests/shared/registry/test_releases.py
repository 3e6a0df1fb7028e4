"""The releases in storage, listed and fetched."""

import pytest
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.promotion import approve
from shared.registry.release_list import ReleaseList, list_releases
from shared.registry.releases import MalformedVersionError, UnknownReleaseError
from tests.support.deliveries import ANA, Deliver, states


@pytest.mark.parametrize(
    ("version", "error"),
    [
        ("never", UnknownReleaseError),
        ("runs", UnknownReleaseError),
        ("../a", MalformedVersionError),
        ("", MalformedVersionError),
        ("á", MalformedVersionError),
        ("a" * 81, MalformedVersionError),
    ],
)
def test_a_version_without_a_release_is_reported(
    releases: ContainerClient, version: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        approve(releases, version, ANA, None)


def test_without_a_container_the_list_is_empty(releases: ContainerClient) -> None:
    releases.delete_container()

    assert list_releases(releases) == ReleaseList(None, [])


def test_unreadable_releases_are_omitted_from_the_list(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    releases.upload_blob("half/serving.sqlite", b"x")
    releases.upload_blob("broken/manifest.json", b"{")
    releases.upload_blob("empty/manifest.json", b"{}")
    releases.upload_blob("list/manifest.json", b"[]")

    assert states(releases) == {"a": "current"}


def test_a_release_without_a_decision_record_is_broken(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a", promotion="manual")
    releases.delete_blob("decisions/a.json")

    with pytest.raises(BrokenReleaseError, match="the decision record of a"):
        approve(releases, "a", ANA, None)

    assert states(releases) == {}
