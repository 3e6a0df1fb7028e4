"""Rolling back to an earlier release."""

from typing import Any

import pytest
from azure.storage.blob import ContainerClient

import shared.registry.returning
from shared.registry.decision_log import append_event
from shared.registry.promotion import approve
from shared.registry.published import fetch_latest
from shared.registry.returning import roll_back
from shared.release.decisions import DecisionRefusedError, Event
from tests.support.deliveries import ANA, FUTURE, Deliver, actions, states
from tests.support.stored_releases import current_version


def test_rolling_back_repeatedly_leads_to_the_first_release(
    releases: ContainerClient, deliver: Deliver
) -> None:
    for version in ("a", "b", "c"):
        deliver(version)

    assert roll_back(releases, ANA, "complaints") == ("c", "b")
    assert roll_back(releases, ANA, None, "b") == ("b", "a")
    with pytest.raises(DecisionRefusedError, match="none to go back"):
        roll_back(releases, ANA, None, "a")

    assert states(releases) == {"a": "current", "b": "rolled_back", "c": "rolled_back"}
    assert actions(releases, "b") == [
        *("stored", "promoted", "rolled_back_to", "rolled_back_from"),
    ]


def test_a_release_that_was_rolled_back_is_skipped(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("bad")
    roll_back(releases, ANA, None)
    deliver("c", FUTURE)

    assert roll_back(releases, ANA, None) == ("c", "a")


def test_a_release_that_was_rolled_back_can_be_approved_again(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b")
    roll_back(releases, ANA, None)

    approve(releases, "b", ANA, "it was not the model")

    assert current_version(releases) == "b"
    assert roll_back(releases, ANA, None) == ("b", "a")


def test_a_damaged_previous_release_is_skipped(releases: ContainerClient, deliver: Deliver) -> None:
    for version in ("a", "b", "c"):
        deliver(version)
    releases.delete_blob("b/serving.sqlite")

    assert roll_back(releases, ANA, None) == ("c", "a")


def test_there_is_nothing_to_roll_back_before_the_first_release(
    releases: ContainerClient,
) -> None:
    with pytest.raises(DecisionRefusedError, match="none has been published yet"):
        roll_back(releases, ANA, None)


def test_a_rollback_fails_when_another_release_becomes_current_in_the_meantime(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("a")
    deliver("b")
    fetch = fetch_latest

    def overtaken(container: ContainerClient) -> Any:
        found = fetch(container)
        deliver("c")
        return found

    monkeypatch.setattr(shared.registry.returning, "fetch_latest", overtaken)
    with pytest.raises(DecisionRefusedError, match="another release has just replaced it"):
        roll_back(releases, ANA, None)

    assert current_version(releases) == "c"
    assert actions(releases, "b") == ["stored", "promoted"]


def test_a_release_that_was_rejected_or_replaced_is_not_gone_back_to(
    releases: ContainerClient, deliver: Deliver
) -> None:
    for version in ("a", "b", "c", "d"):
        deliver(version)
    append_event(releases, "c", Event.now("rejected", ANA, "of an older record"))
    append_event(releases, "a", Event.now("rejected", ANA, "of an older record"))

    assert roll_back(releases, ANA, None) == ("d", "b")
    with pytest.raises(DecisionRefusedError, match="none to go back") as refusal:
        roll_back(releases, ANA, None, "b")

    assert [one.detail for one in refusal.value.errors] == ["a was rejected."]
