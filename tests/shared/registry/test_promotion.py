"""Who makes which release current: the pipeline by the gates, or a person who says so."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import ContainerClient

import shared.registry.promotion
from shared.errors import BrokenReleaseError
from shared.registry.decision_log import fetch_record
from shared.registry.promotion import approve, reject, roll_back
from shared.registry.published import fetch_manifest, fetch_pointer
from shared.registry.publishing import Outcome, SupersededError, publish_release
from shared.registry.releases import (
    MalformedVersionError,
    UnknownReleaseError,
    fetch_release,
    list_releases,
)
from shared.release.decisions import PIPELINE, Actor, DecisionRefusedError, Event
from shared.release.manifest import MANIFEST, POINTER, Pointer, file_sha256
from tests.support.stored_releases import current_version, read_manifest, variant

ANA = Actor("ana", verified=True)
FUTURE = "2999-01-01T00:00:00+00:00"
STOPPED = {
    "gates": [
        {"name": "auc", "measured": 0.8, "limit": "-", "verdict": "passed", "detail": "Fine."},
        {"name": "age", "measured": 3, "limit": "0", "verdict": "stopped", "detail": "3 worsen."},
    ],
    "verdict": "stopped",
}

Make = Callable[..., Outcome]


@pytest.fixture
def make(releases: ContainerClient, release: Path, tmp_path: Path) -> Make:
    """Give a way to deliver releases, each uploaded a day after the one before it."""
    days = iter(range(1, 29))

    def deliver(version: str, uploaded: str | None = None, **facts: Any) -> Outcome:
        promotion = facts.pop("promotion", "auto")
        day = uploaded or f"2026-02-{next(days):02}T00:00:00+00:00"
        copy = variant(release, tmp_path, version, day)
        manifest = read_manifest(copy) | facts
        (copy / MANIFEST).write_text(json.dumps(manifest))
        return publish_release(releases, copy, manifest, promotion)

    return deliver


def actions(releases: ContainerClient, version: str) -> list[str]:
    return [event.action for event in fetch_record(releases, version).events]


def states(releases: ContainerClient) -> dict[str, str]:
    current, found = list_releases(releases)
    return {one.version: one.state(current) for one in found}


@pytest.mark.parametrize("facts", [{}, {"verdict": "passed"}, {"verdict": "warned", "gates": []}])
def test_what_is_not_stopped_becomes_current_by_itself(
    releases: ContainerClient, make: Make, facts: dict[str, Any]
) -> None:
    outcome = make("a", **facts)

    assert outcome == Outcome("published", [])
    assert current_version(releases) == "a"
    assert actions(releases, "a") == ["stored", "promoted"]


def test_what_was_stopped_is_refused_with_reasons_and_the_champion_stays(
    releases: ContainerClient, make: Make
) -> None:
    make("champion")

    outcome = make("stopped", **STOPPED)

    assert outcome == Outcome("refused", ["age: 3 worsen."])
    assert current_version(releases) == "champion"
    assert states(releases) == {"champion": "current", "stopped": "refused"}


@pytest.mark.parametrize(
    "facts", [{"verdict": "stopped"}, {"verdict": "perfect"}, {"gates": STOPPED["gates"]}]
)
def test_a_verdict_that_is_not_understood_stops(
    releases: ContainerClient, make: Make, facts: dict[str, Any]
) -> None:
    assert make("a", **facts).state == "refused"

    assert fetch_pointer(releases) is None


def test_with_manual_promotion_what_passes_waits_for_a_person(
    releases: ContainerClient, make: Make
) -> None:
    outcome = make("a", promotion="manual")

    assert outcome == Outcome("pending", [])
    assert fetch_pointer(releases) is None
    assert states(releases) == {"a": "pending"}


def test_an_approved_release_is_current_whole_and_its_record_names_who_and_why(
    releases: ContainerClient, make: Make
) -> None:
    make("a", promotion="manual")

    assert approve(releases, "a", ANA, "seen the report") is None

    found = fetch_pointer(releases)
    assert found
    assert fetch_manifest(releases, found[0])["version"] == "a"
    stored, approved = fetch_record(releases, "a").events
    assert (stored.action, stored.who, stored.verified) == ("stored", PIPELINE.who, True)
    assert (approved.action, approved.who, approved.verified) == ("approved", "ana", True)
    assert approved.why == "seen the report"
    assert found[0].moved == approved


def test_the_record_in_storage_is_a_list_of_plain_events(
    releases: ContainerClient, make: Make
) -> None:
    make("a")

    stored, promoted = json.loads(releases.download_blob("decisions/a.json").readall())

    assert stored.keys() == {"action", "at", "who", "verified", "why", "manifest_sha256"}
    assert promoted.keys() == {"action", "at", "who", "verified", "why"}


def test_a_person_may_approve_an_older_upload(releases: ContainerClient, make: Make) -> None:
    make("older", promotion="manual")
    make("newer")

    assert approve(releases, "older", ANA, None) == "newer"

    assert states(releases) == {"older": "current", "newer": "former"}


def test_a_release_that_was_stopped_cannot_be_approved(
    releases: ContainerClient, make: Make
) -> None:
    make("a", **STOPPED)

    with pytest.raises(DecisionRefusedError, match="stopped by its gates") as told:
        approve(releases, "a", ANA, None)

    assert [(one.field, one.detail) for one in told.value.errors] == [
        ("/gates/1", "age: 3 worsen.")
    ]
    assert actions(releases, "a") == ["stored"]


def test_a_rejected_release_cannot_be_approved_and_it_is_told_who_rejected_it(
    releases: ContainerClient, make: Make
) -> None:
    make("a", promotion="manual")
    reject(releases, "a", ANA, "the wrong month")

    with pytest.raises(DecisionRefusedError) as told:
        approve(releases, "a", ANA, None)

    assert "Rejected by ana" in told.value.errors[0].detail
    assert "the wrong month" in told.value.errors[0].detail
    assert states(releases) == {"a": "rejected"}


@pytest.mark.parametrize(
    ("version", "because"),
    [("served", "being served"), ("before", "served before"), ("no", "rejected before")],
)
def test_only_a_candidate_can_be_rejected(
    releases: ContainerClient, make: Make, version: str, because: str
) -> None:
    make("no", promotion="manual")
    reject(releases, "no", ANA, "because")
    make("before")
    make("served")

    with pytest.raises(DecisionRefusedError, match=because):
        reject(releases, version, ANA, "because")


def test_the_current_release_cannot_be_approved_again(
    releases: ContainerClient, make: Make
) -> None:
    make("a")

    with pytest.raises(DecisionRefusedError, match="a is the current release already"):
        approve(releases, "a", ANA, None)


def test_rolling_back_goes_release_by_release_to_the_first(
    releases: ContainerClient, make: Make
) -> None:
    for version in ("a", "b", "c"):
        make(version)

    assert roll_back(releases, ANA, "complaints") == ("c", "b")
    assert roll_back(releases, ANA, None) == ("b", "a")
    with pytest.raises(DecisionRefusedError, match="none to go back"):
        roll_back(releases, ANA, None)

    assert states(releases) == {"a": "current", "b": "rolled_back", "c": "rolled_back"}
    assert actions(releases, "b") == [
        *("stored", "promoted", "rolled_back_to", "rolled_back_from"),
    ]


def test_what_was_rolled_back_from_is_not_gone_back_to(
    releases: ContainerClient, make: Make
) -> None:
    make("a")
    make("bad")
    roll_back(releases, ANA, None)
    make("c", FUTURE)

    assert roll_back(releases, ANA, None) == ("c", "a")


def test_what_was_rolled_back_from_can_be_approved_again(
    releases: ContainerClient, make: Make
) -> None:
    make("a")
    make("b")
    roll_back(releases, ANA, None)

    approve(releases, "b", ANA, "it was not the model")

    assert current_version(releases) == "b"
    assert roll_back(releases, ANA, None) == ("b", "a")


def test_a_previous_release_that_is_damaged_is_passed_over(
    releases: ContainerClient, make: Make
) -> None:
    for version in ("a", "b", "c"):
        make(version)
    releases.delete_blob("b/serving.sqlite")

    assert roll_back(releases, ANA, None) == ("c", "a")


def test_there_is_nothing_to_go_back_to_before_the_first_release(
    releases: ContainerClient,
) -> None:
    with pytest.raises(DecisionRefusedError, match="nothing was ever published"):
        roll_back(releases, ANA, None)


def test_a_run_that_began_before_a_person_chose_does_not_undo_the_choice(
    releases: ContainerClient, make: Make
) -> None:
    make("a")
    make("b")
    roll_back(releases, ANA, None)

    outcome = make("late")

    assert outcome.state == "pending"
    assert "ana chose the current release" in outcome.reasons[0]
    assert current_version(releases) == "a"


def test_a_file_that_is_uploaded_after_a_person_chose_wins_again(
    releases: ContainerClient, make: Make
) -> None:
    make("a")
    make("b")
    roll_back(releases, ANA, None)

    assert make("next", FUTURE).state == "published"

    assert current_version(releases) == "next"


def test_the_newest_upload_still_wins_among_runs(releases: ContainerClient, make: Make) -> None:
    make("newer", FUTURE)

    with pytest.raises(SupersededError):
        make("older")

    assert states(releases) == {"newer": "current", "older": "pending"}


def test_two_who_decide_at_once_do_not_both_succeed(
    releases: ContainerClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("a", promotion="manual")
    fetch = fetch_release

    def overtake(container: ContainerClient, version: str) -> Any:
        found = fetch(container, version)
        monkeypatch.setattr(shared.registry.promotion, "fetch_release", fetch)
        reject(container, version, ANA, "first")
        return found

    monkeypatch.setattr(shared.registry.promotion, "fetch_release", overtake)
    with pytest.raises(DecisionRefusedError, match="Somebody else decided"):
        approve(releases, "a", ANA, "second")

    assert fetch_pointer(releases) is None
    assert actions(releases, "a") == ["stored", "rejected"]


def test_a_rollback_is_of_the_release_that_was_looked_at(
    releases: ContainerClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("a")
    make("b")
    fetch = fetch_pointer

    def overtaken(container: ContainerClient) -> Any:
        found = fetch(container)
        make("c")
        return found

    monkeypatch.setattr(shared.registry.promotion, "fetch_pointer", overtaken)
    with pytest.raises(DecisionRefusedError, match="another release took its place"):
        roll_back(releases, ANA, None)

    assert current_version(releases) == "c"
    assert actions(releases, "b") == ["stored", "promoted"]


def test_an_approval_survives_that_the_pointer_moves_meanwhile(
    releases: ContainerClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("mine", promotion="manual")
    make("a")
    fetch = fetch_pointer

    def overtaken(container: ContainerClient) -> Any:
        found = fetch(container)
        monkeypatch.setattr(shared.registry.promotion, "fetch_pointer", fetch)
        make("b")
        return found

    monkeypatch.setattr(shared.registry.promotion, "fetch_pointer", overtaken)

    assert approve(releases, "mine", ANA, None) == "b"

    assert current_version(releases) == "mine"


@pytest.mark.parametrize("damage", ["missing", "manifest"])
def test_a_candidate_that_is_not_as_it_was_stored_is_not_approved(
    releases: ContainerClient, make: Make, damage: str
) -> None:
    make("a", promotion="manual")
    if damage == "missing":
        releases.delete_blob("a/serving.sqlite")
    else:
        releases.upload_blob("a/manifest.json", b'{"version": "a"}', overwrite=True)

    with pytest.raises((DecisionRefusedError, BrokenReleaseError)):
        approve(releases, "a", ANA, None)

    assert fetch_pointer(releases) is None


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
def test_what_names_no_release_is_told(
    releases: ContainerClient, version: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        approve(releases, version, ANA, None)


def test_releases_and_a_pointer_from_before_there_were_decisions_are_listed_and_left_by_approval(
    releases: ContainerClient, make: Make, release: Path
) -> None:
    version = read_manifest(release)["version"]
    for path in release.iterdir():
        releases.upload_blob(f"{version}/{path.name}", path.read_bytes())
    digest = file_sha256(release / MANIFEST)
    old = json.dumps({"version": version, "manifest_sha256": digest})
    releases.upload_blob(POINTER, old.encode())
    make("next", promotion="manual")
    assert states(releases) == {version: "current", "next": "pending"}

    approve(releases, "next", ANA, None)

    assert states(releases) == {version: "former", "next": "current"}
    assert roll_back(releases, ANA, None) == ("next", version)


def test_a_list_of_no_container_is_empty(releases: ContainerClient) -> None:
    releases.delete_container()

    assert list_releases(releases) == (None, [])


def test_what_cannot_be_read_is_left_out_of_the_list(releases: ContainerClient, make: Make) -> None:
    make("a")
    releases.upload_blob("half/serving.sqlite", b"x")
    releases.upload_blob("broken/manifest.json", b"{")
    releases.upload_blob("empty/manifest.json", b"{}")
    releases.upload_blob("list/manifest.json", b"[]")

    assert states(releases) == {"a": "current"}


def test_a_pointer_remembers_twenty_releases_and_reads_what_it_wrote() -> None:
    moved = Event.now("promoted", PIPELINE, None)
    pointer = Pointer("v0", "0")

    for number in range(1, 30):
        pointer = Pointer(f"v{number}", str(number)).follow(pointer, moved)

    assert [one.version for one in pointer.previous] == [f"v{n}" for n in range(28, 8, -1)]
    assert Pointer.from_json(pointer.to_json()) == pointer
