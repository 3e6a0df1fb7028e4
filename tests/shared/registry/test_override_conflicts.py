"""Overrides that meet other decisions and other releases on the way."""

from typing import Any

import pytest
from azure.storage.blob import ContainerClient

import shared.registry.decision_log
import shared.registry.moves
import shared.registry.override
from shared.registry.account import replace_json
from shared.registry.decision_log import fetch_record
from shared.registry.history import commit
from shared.registry.promotion import reject
from shared.registry.published import fetch_latest, fetch_pointer
from shared.registry.reconciling import fetch_settled
from shared.release.decisions import Actor, DecisionRefusedError
from tests.support.deliveries import (
    ANA,
    BEA,
    DRIFTED,
    FUTURE,
    Deliver,
    actions,
    call_override,
    states,
)
from tests.support.stored_releases import current_version


def test_a_rejection_ends_the_request(releases: ContainerClient, deliver: Deliver) -> None:
    deliver("b", **DRIFTED)
    call_override(releases, "b", ANA)
    reject(releases, "b", ANA, "on second thoughts")

    with pytest.raises(DecisionRefusedError, match="was rejected"):
        call_override(releases, "b", BEA)

    assert fetch_pointer(releases) is None


def test_a_rejection_during_the_confirmation_wins(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("b", **DRIFTED)
    call_override(releases, "b", ANA)
    fetch = fetch_settled

    def overtaken(container: ContainerClient, version: str) -> Any:
        found = fetch(container, version)
        reject(container, version, ANA, "first")
        return found

    monkeypatch.setattr(shared.registry.override, "fetch_settled", overtaken)
    with pytest.raises(DecisionRefusedError, match="Somebody else has just decided"):
        call_override(releases, "b", BEA)

    assert fetch_pointer(releases) is None
    assert actions(releases, "b") == ["stored", "override_requested", "rejected"]


def test_of_two_simultaneous_confirmations_only_one_is_recorded(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("b", **DRIFTED)
    call_override(releases, "b", ANA)
    fetch = fetch_settled

    def overtaken(container: ContainerClient, version: str) -> Any:
        found = fetch(container, version)
        monkeypatch.setattr(shared.registry.override, "fetch_settled", fetch)
        call_override(container, version, Actor("eva", verified=True))
        return found

    monkeypatch.setattr(shared.registry.override, "fetch_settled", overtaken)
    with pytest.raises(DecisionRefusedError):
        call_override(releases, "b", BEA)

    assert actions(releases, "b") == ["stored", "override_requested", "overridden"]


def test_an_override_of_another_release_ends_the_request(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b", **DRIFTED)
    deliver("c", **DRIFTED)
    call_override(releases, "b", ANA)
    call_override(releases, "c", ANA)
    call_override(releases, "c", BEA)

    again = call_override(releases, "b", BEA)

    assert not again.is_made
    assert current_version(releases) == "c"
    assert call_override(releases, "b", ANA).is_made
    assert current_version(releases) == "b"


def test_a_release_that_becomes_current_during_the_confirmation_stays(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("a")
    deliver("b", **DRIFTED)
    call_override(releases, "b", ANA)
    fetch = fetch_latest

    def overtaken(container: ContainerClient) -> Any:
        found = fetch(container)
        monkeypatch.setattr(shared.registry.override, "fetch_latest", fetch)
        deliver("c", FUTURE)
        return found

    monkeypatch.setattr(shared.registry.override, "fetch_latest", overtaken)
    with pytest.raises(DecisionRefusedError, match="just become current"):
        call_override(releases, "b", BEA)

    assert current_version(releases) == "c"
    assert states(releases)["b"] == "refused"
    assert fetch_record(releases, "b").events[-1].action == "override_lapsed"


def test_a_record_whose_write_conflicts_with_itself_is_a_success(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("b", **DRIFTED)
    replace = replace_json

    def answer_lost(*arguments: Any) -> None:
        replace(*arguments)
        replace(*arguments)

    monkeypatch.setattr(shared.registry.decision_log, "replace_json", answer_lost)

    assert call_override(releases, "b", ANA).event.who == "ana"
    assert actions(releases, "b") == ["stored", "override_requested"]


def test_a_pointer_whose_write_conflicts_with_itself_is_a_success(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("b", **DRIFTED)
    call_override(releases, "b", ANA)
    make = commit

    def answer_lost(*arguments: Any) -> bool:
        make(*arguments)
        return make(*arguments)

    monkeypatch.setattr(shared.registry.moves, "commit", answer_lost)

    assert call_override(releases, "b", BEA).is_made
    assert current_version(releases) == "b"
    assert actions(releases, "b")[-1] == "overridden"


def test_a_file_uploaded_before_the_override_does_not_undo_it(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("b", **DRIFTED)
    call_override(releases, "b", ANA)
    call_override(releases, "b", BEA)

    assert deliver("c").state == "pending"
    assert current_version(releases) == "b"
