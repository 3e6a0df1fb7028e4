"""The order of uploads and decisions: storage's clock, and nobody else's."""

from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.blob import ContainerClient

import shared.release.decisions
from shared.registry.history import fetch_time
from shared.registry.publishing import SupersededError, find_published, refuse_superseded
from shared.registry.returning import roll_back
from tests.support.deliveries import ANA, FUTURE, Deliver, states
from tests.support.stored_releases import current_version

SAME_SECOND = "2026-03-01T00:00:00+00:00"


def test_of_two_uploads_in_one_second_the_one_that_runs_later_waits_for_a_person(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("one", SAME_SECOND, source={"name": "one.csv", "last_modified": SAME_SECOND})

    outcome = deliver("two", SAME_SECOND, source={"name": "two.csv", "last_modified": SAME_SECOND})

    assert outcome.state == "pending"
    assert "in the same second" in outcome.reasons[0]
    assert current_version(releases) == "one"


def test_an_upload_in_the_second_of_a_persons_decision_does_not_undo_it(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b")
    roll_back(releases, ANA, None)
    decided = fetch_time(releases, 3)

    assert deliver("same", decided.isoformat()).state == "pending"
    assert deliver("next", (decided + timedelta(seconds=1)).isoformat()).state == "published"


@pytest.mark.parametrize("wrong", [timedelta(hours=-1), timedelta(days=365)])
def test_an_instances_clock_that_is_wrong_changes_nothing(
    releases: ContainerClient,
    deliver: Deliver,
    monkeypatch: pytest.MonkeyPatch,
    wrong: timedelta,
) -> None:
    class WrongClock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + wrong

    deliver("a")
    deliver("b")
    monkeypatch.setattr(shared.release.decisions, "datetime", WrongClock)
    roll_back(releases, ANA, None)
    decided = fetch_time(releases, 3)

    before, after = decided - timedelta(seconds=1), decided + timedelta(seconds=1)

    assert deliver("before", before.isoformat()).state == "pending"
    assert deliver("after", after.isoformat()).state == "published"


def test_what_decides_stands_in_the_pointer_so_a_damaged_manifest_lets_no_older_upload_pass(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("newer", FUTURE)
    releases.upload_blob("newer/manifest.json", b"{}", overwrite=True)

    with pytest.raises(SupersededError):
        deliver("older")

    assert current_version(releases) == "newer"


def test_an_upload_that_was_published_is_found_by_the_pointer(
    releases: ContainerClient, deliver: Deliver
) -> None:
    source = {"name": "x.csv", "etag": "0x1", "last_modified": SAME_SECOND}
    assert find_published(releases, {"name": "x.csv"}) is None
    assert refuse_superseded(releases, {"name": "x.csv"}) is None
    deliver("a", source=source)

    found = find_published(releases, {**source, "bytes": 1})  # type: ignore[typeddict-item]

    assert found
    assert found.version == "a"
    assert find_published(releases, {"name": "x.csv", "etag": "0x2"}) is None
    assert states(releases) == {"a": "current"}
