"""Overrides of stopped releases in storage."""

import json
import logging
from typing import Any

import pytest
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.promotion import approve
from shared.registry.published import fetch_pointer
from shared.registry.returning import roll_back
from shared.release.decisions import DecisionRefusedError
from shared.release.facts import Gate
from tests.support.deliveries import (
    ANA,
    BEA,
    DRIFTED,
    FUTURE,
    STOPPED,
    Deliver,
    actions,
    call_override,
    states,
)
from tests.support.stored_releases import read_manifest


def test_a_request_moves_nothing_and_the_confirmation_of_another_person_does(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b", **DRIFTED)

    requested = call_override(releases, "b", ANA)

    assert (requested.is_made, requested.current) == (False, "a")
    assert states(releases) == {"a": "current", "b": "refused"}

    made = call_override(releases, "b", BEA)

    assert (made.is_made, made.current) == (True, "b")
    assert states(releases) == {"a": "former", "b": "current"}
    assert actions(releases, "b") == ["stored", "override_requested", "overridden"]


def test_the_pointer_says_who_asked_who_confirmed_and_why(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("b", **DRIFTED)
    call_override(releases, "b", ANA)
    call_override(releases, "b", BEA)

    moved = json.loads(releases.download_blob("current.json").readall())["moved"]

    assert (moved["action"], moved["who"], moved["why"]) == (
        "overridden",
        "bea",
        "bea: grown older",
    )
    assert (moved["request"]["who"], moved["request"]["why"]) == ("ana", "ana: grown older")


def test_one_person_twice_moves_nothing(releases: ContainerClient, deliver: Deliver) -> None:
    deliver("b", **DRIFTED)
    call_override(releases, "b", ANA)

    with pytest.raises(DecisionRefusedError, match="another person"):
        call_override(releases, "b", ANA)

    assert fetch_pointer(releases) is None
    assert actions(releases, "b") == ["stored", "override_requested"]


def test_an_age_rule_is_not_overridden_by_any_number_of_persons(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("b", gates=[Gate("age_rule", 0.1, "0", "stopped", "3 worsen.")], verdict="stopped")

    for actor in (ANA, BEA):
        with pytest.raises(DecisionRefusedError, match="nobody may override"):
            call_override(releases, "b", actor)

    assert fetch_pointer(releases) is None
    assert actions(releases, "b") == ["stored"]


@pytest.mark.parametrize("damage", ["file", "manifest"])
def test_a_changed_file_is_not_overridden(
    releases: ContainerClient, deliver: Deliver, release: Any, damage: str
) -> None:
    deliver("b", **DRIFTED)
    call_override(releases, "b", ANA)
    # Of the same size: only its digest tells.
    size = read_manifest(release).files["serving.sqlite"].bytes
    content = {"file": b"x" * size, "manifest": b'{"version": "b"}'}[damage]
    name = {"file": "b/serving.sqlite", "manifest": "b/manifest.json"}[damage]
    releases.upload_blob(name, content, overwrite=True)

    with pytest.raises((DecisionRefusedError, BrokenReleaseError), match=r"SHA-256|have changed"):
        call_override(releases, "b", BEA)

    assert fetch_pointer(releases) is None


def test_a_missing_file_is_not_overridden(releases: ContainerClient, deliver: Deliver) -> None:
    deliver("b", **DRIFTED)
    releases.delete_blob("b/scorer.json")

    with pytest.raises(DecisionRefusedError) as refusal:
        call_override(releases, "b", ANA)

    assert [one.field for one in refusal.value.errors] == ["/files/scorer.json"]


def test_a_plain_approval_neither_confirms_nor_replaces_an_override(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("b", **STOPPED)
    call_override(releases, "b", ANA)

    with pytest.raises(DecisionRefusedError, match="stopped by its gates"):
        approve(releases, "b", BEA, None)

    assert fetch_pointer(releases) is None


def test_rolling_back_to_an_overridden_release_keeps_the_override_in_the_pointer(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("b", **DRIFTED)
    call_override(releases, "b", ANA)
    call_override(releases, "b", BEA)
    deliver("c", FUTURE)
    passed = fetch_pointer(releases)

    roll_back(releases, ANA, None)

    found = fetch_pointer(releases)
    assert passed
    assert passed.pointer.override is None
    assert found
    assert found.pointer.version == "b"
    assert found.pointer.override
    assert found.pointer.override.who == "bea"


def test_an_override_is_logged_in_one_line_for_a_metric(
    releases: ContainerClient, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    deliver("b", **DRIFTED)

    with caplog.at_level(logging.WARNING, "shared.registry.override"):
        call_override(releases, "b", ANA)
        call_override(releases, "b", BEA)

    lines = [record.getMessage() for record in caplog.records]
    logged = [json.loads(line.removeprefix("release_override ")) for line in lines]
    assert [one["action"] for one in logged] == ["override_requested", "overridden"]
    assert logged[1]["version"] == "b"
    assert logged[1]["gates"] == ["stability_age"]
    assert (logged[1]["request"]["who"], logged[1]["who"]) == ("ana", "bea")
