"""The list of releases: pages, and what is always on the first one."""

import pytest
from azure.storage.blob import ContainerClient

import shared.registry.release_list
from shared.registry.promotion import reject
from shared.registry.release_list import list_releases
from tests.support.deliveries import ANA, FUTURE, STOPPED, Deliver


def versions(releases: ContainerClient, after: str | None = None) -> list[str]:
    return [one.version for one in list_releases(releases, after).releases]


def test_the_first_page_has_what_matters_now_however_old_it_is(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared.registry.release_list, "LISTED", 2)
    deliver("a-former")
    deliver("b-previous")
    deliver("c-current", FUTURE)
    deliver("d-pending", promotion="manual")
    deliver("e-refused", **STOPPED)
    for version in ("f-rejected", "g-rejected", "h-rejected"):
        deliver(version, promotion="manual")
        reject(releases, version, ANA, "the wrong month")

    first = list_releases(releases)

    assert first.current == "c-current"
    assert versions(releases) == [
        "h-rejected",
        "g-rejected",
        "d-pending",
        "c-current",
        "b-previous",
    ]
    assert first.next == "g-rejected"
    assert versions(releases, "g-rejected") == ["f-rejected", "e-refused"]
    assert versions(releases, "e-refused") == ["d-pending", "c-current"]
    last = list_releases(releases, "c-current")
    assert [one.version for one in last.releases] == ["b-previous", "a-former"]
    assert last.next is None


def test_a_release_that_cannot_be_read_is_named_with_the_reason(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b", promotion="manual")
    releases.upload_blob("decisions/b.json", b"{}", overwrite=True)

    found = list_releases(releases)

    assert [one.version for one in found.releases] == ["a"]
    assert found.unreadable.keys() == {"b"}
    assert "decisions/b.json must hold" in found.unreadable["b"]
