"""Approvals and rejections by a person."""

import json
from typing import Any

import pytest
from azure.storage.blob import ContainerClient

import shared.registry.promotion
from shared.errors import BrokenReleaseError
from shared.registry.decision_log import fetch_record
from shared.registry.promotion import approve, reject
from shared.registry.published import fetch_latest, fetch_manifest, fetch_pointer
from shared.registry.reconciling import fetch_settled
from shared.release.decisions import PIPELINE, DecisionRefusedError
from tests.support.deliveries import ANA, STOPPED, Deliver, actions, states
from tests.support.stored_releases import current_version


def test_an_approved_release_is_current_and_its_record_says_who_and_why(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a", promotion="manual")

    assert approve(releases, "a", ANA, "seen the report") is None

    found = fetch_pointer(releases)
    assert found
    assert fetch_manifest(releases, found.pointer).version == "a"
    stored, approved, served = fetch_record(releases, "a").events
    assert (stored.action, stored.who, stored.verified) == ("stored", PIPELINE.who, True)
    assert (approved.action, approved.who, approved.verified) == ("approved", "ana", True)
    assert approved.why == "seen the report"
    assert found.pointer.moved == approved
    assert (served.action, served.move) == ("served", approved.move)


def test_the_stored_record_is_a_list_of_events(releases: ContainerClient, deliver: Deliver) -> None:
    deliver("a")

    stored, promoted, served = json.loads(releases.download_blob("decisions/a.json").readall())

    assert stored.keys() == {"action", "at", "who", "verified", "why", "manifest_sha256", "id"}
    assert promoted.keys() == {"action", "at", "who", "verified", "why", "id", "move"}
    assert served.keys() == promoted.keys()


def test_a_person_may_approve_an_older_upload(releases: ContainerClient, deliver: Deliver) -> None:
    deliver("older", promotion="manual")
    deliver("newer")

    assert approve(releases, "older", ANA, None) == "newer"

    assert states(releases) == {"older": "current", "newer": "former"}


def test_a_stopped_release_cannot_be_approved(releases: ContainerClient, deliver: Deliver) -> None:
    deliver("a", **STOPPED)

    with pytest.raises(DecisionRefusedError, match="stopped by its gates") as refusal:
        approve(releases, "a", ANA, None)

    assert [(one.field, one.detail) for one in refusal.value.errors] == [
        ("/gates/1", "age: 3 worsen.")
    ]
    assert actions(releases, "a") == ["stored"]


def test_a_rejected_release_cannot_be_approved_and_the_error_says_who_rejected_it(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a", promotion="manual")
    reject(releases, "a", ANA, "the wrong month")

    with pytest.raises(DecisionRefusedError) as refusal:
        approve(releases, "a", ANA, None)

    assert "Rejected by ana" in refusal.value.errors[0].detail
    assert "the wrong month" in refusal.value.errors[0].detail
    assert states(releases) == {"a": "rejected"}


@pytest.mark.parametrize(
    ("version", "because"),
    [("served", "being served"), ("before", "served before"), ("no", "already rejected")],
)
def test_only_a_candidate_can_be_rejected(
    releases: ContainerClient, deliver: Deliver, version: str, because: str
) -> None:
    deliver("no", promotion="manual")
    reject(releases, "no", ANA, "because")
    deliver("before")
    deliver("served")

    with pytest.raises(DecisionRefusedError, match=because):
        reject(releases, version, ANA, "because")


def test_the_current_release_cannot_be_approved_again(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")

    with pytest.raises(DecisionRefusedError, match="a is already the current release"):
        approve(releases, "a", ANA, None)


def test_of_two_simultaneous_decisions_only_one_succeeds(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("a", promotion="manual")
    fetch = fetch_settled

    def overtake(container: ContainerClient, version: str) -> Any:
        found = fetch(container, version)
        monkeypatch.setattr(shared.registry.promotion, "fetch_settled", fetch)
        reject(container, version, ANA, "first")
        return found

    monkeypatch.setattr(shared.registry.promotion, "fetch_settled", overtake)
    with pytest.raises(DecisionRefusedError, match="Somebody else has just decided"):
        approve(releases, "a", ANA, "second")

    assert fetch_pointer(releases) is None
    assert actions(releases, "a") == ["stored", "rejected"]


def test_an_approval_succeeds_although_the_pointer_moves_in_the_meantime(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("mine", promotion="manual")
    deliver("a")
    fetch = fetch_latest

    def overtaken(container: ContainerClient) -> Any:
        found = fetch(container)
        monkeypatch.setattr(shared.registry.promotion, "fetch_latest", fetch)
        deliver("b")
        return found

    monkeypatch.setattr(shared.registry.promotion, "fetch_latest", overtaken)

    assert approve(releases, "mine", ANA, None) == "b"

    assert current_version(releases) == "mine"


@pytest.mark.parametrize("damage", ["missing", "manifest"])
def test_a_damaged_candidate_cannot_be_approved(
    releases: ContainerClient, deliver: Deliver, damage: str
) -> None:
    deliver("a", promotion="manual")
    if damage == "missing":
        releases.delete_blob("a/serving.sqlite")
    else:
        releases.upload_blob("a/manifest.json", b'{"version": "a"}', overwrite=True)

    with pytest.raises((DecisionRefusedError, BrokenReleaseError)):
        approve(releases, "a", ANA, None)

    assert fetch_pointer(releases) is None
