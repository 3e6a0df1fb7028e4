"""What an interrupted decision left: completed, or let lapse."""

import logging
from collections.abc import Callable

import pytest
from azure.storage.blob import ContainerClient

from shared.registry.decision_log import append_event, fetch_record
from shared.registry.intents import list_intents
from shared.registry.moves import carry_out, plan_move
from shared.registry.pointer import refresh_copies
from shared.registry.promotion import approve, reject
from shared.registry.published import fetch_latest
from shared.registry.reconciling import fetch_settled, reconcile
from shared.registry.releases import fetch_release
from shared.release.decisions import DecisionRefusedError, Event
from tests.support.deliveries import ANA, BEA, Deliver, states
from tests.support.interrupted_storage import Killed, killed_after, replies_lost
from tests.support.stored_releases import current_version

type Interrupt = Callable[[int], None]

INTENT, RECORD, ENTRY = 1, 2, 3
"""The writes of an approval after which it is killed."""


@pytest.fixture
def interrupt(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> Interrupt:
    """Give a way to kill the approval of b, while a is current and c pending."""
    deliver("a")
    deliver("b", promotion="manual")
    deliver("c", promotion="manual")

    def approve_and_die(writes: int) -> None:
        with pytest.raises(Killed), killed_after(monkeypatch, writes):
            approve(releases, "b", ANA, "reviewed")

    return approve_and_die


def last_action(releases: ContainerClient, version: str) -> str:
    return fetch_record(releases, version).events[-1].action


def only_intent(releases: ContainerClient) -> str:
    (name,) = list_intents(releases)
    return name


@pytest.mark.parametrize("writes", [INTENT, RECORD, ENTRY])
def test_an_interrupted_approval_is_pending_or_current_in_the_list_and_then_served(
    releases: ContainerClient, interrupt: Interrupt, writes: int
) -> None:
    interrupt(writes)

    assert states(releases)["b"] == ("current" if writes == ENTRY else "pending")
    assert [one.version for one in reconcile(releases)] == ["b"]

    assert current_version(releases) == "b"
    assert last_action(releases, "b") == "served"
    assert reconcile(releases) == []


def test_an_approval_whose_record_changed_before_it_was_written_is_not_made(
    releases: ContainerClient, interrupt: Interrupt
) -> None:
    interrupt(INTENT)
    append_event(releases, "b", Event.now("rejected", BEA, "the wrong month"))

    assert reconcile(releases) == []

    assert states(releases) == {"a": "current", "b": "rejected", "c": "pending"}
    assert list_intents(releases) == []


def test_an_approval_that_another_release_overtook_lapses(
    releases: ContainerClient, interrupt: Interrupt
) -> None:
    interrupt(RECORD)
    other = fetch_release(releases, "c")
    plan = plan_move(other, fetch_latest(releases), Event.now("approved", BEA, None))
    assert carry_out(releases, other, plan)

    assert reconcile(releases) == []

    assert states(releases) == {"a": "former", "b": "pending", "c": "current"}
    assert last_action(releases, "b") == "lapsed"
    reject(releases, "b", BEA, "no longer needed")


def test_a_damaged_intent_whose_move_was_made_is_settled_by_the_history(
    releases: ContainerClient, interrupt: Interrupt
) -> None:
    interrupt(ENTRY)
    releases.upload_blob(only_intent(releases), b"{}", overwrite=True)

    assert [one.version for one in reconcile(releases)] == ["b"]

    assert last_action(releases, "b") == "served"
    assert list_intents(releases) == []


def test_a_damaged_intent_beside_a_damaged_record_stops_no_other_decision(
    releases: ContainerClient, interrupt: Interrupt
) -> None:
    interrupt(ENTRY)
    for name in (only_intent(releases), "decisions/b.json"):
        releases.upload_blob(name, b"{}", overwrite=True)

    assert reconcile(releases) == []
    assert approve(releases, "c", ANA, None) == "b"


def test_a_damaged_intent_whose_move_was_not_made_is_dropped_and_the_next_decision_holds(
    releases: ContainerClient, interrupt: Interrupt
) -> None:
    interrupt(RECORD)
    releases.upload_blob(only_intent(releases), b"{}", overwrite=True)
    releases.upload_blob("intents/stray.json", b"{}")

    assert reconcile(releases) == []
    assert states(releases)["b"] == "pending"
    reject(releases, "b", BEA, "the wrong month")

    actions = [event.action for event in fetch_record(releases, "b").events]
    assert actions == ["stored", "approved", "lapsed", "rejected"]
    assert list_intents(releases) == []


def test_a_move_whose_record_is_damaged_waits_until_it_is_restored(
    releases: ContainerClient, interrupt: Interrupt
) -> None:
    interrupt(RECORD)
    record = releases.download_blob("decisions/b.json").readall()
    releases.upload_blob("decisions/b.json", b"{}", overwrite=True)

    assert reconcile(releases) == []
    assert approve(releases, "c", ANA, None) == "a"
    releases.upload_blob("decisions/b.json", record, overwrite=True)
    reconcile(releases)

    assert states(releases) == {"a": "former", "b": "pending", "c": "current"}


@pytest.mark.parametrize("writes", [RECORD, ENTRY])
def test_a_release_is_settled_before_it_is_decided_about(
    releases: ContainerClient, interrupt: Interrupt, writes: int
) -> None:
    interrupt(writes)

    assert fetch_settled(releases, "b").record.events[-1].action == "served"

    with pytest.raises(DecisionRefusedError, match="is being served"):
        reject(releases, "b", BEA, "the wrong month")


def test_copies_follow_the_pointer_and_never_go_back(
    releases: ContainerClient, deliver: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("a")
    deliver("b")
    copy = releases.get_blob_client("output/train_model.csv")

    refresh_copies(releases, "a", 1)
    assert copy.get_blob_properties().metadata["copy_of"] == "2 b"
    copy.delete_blob()
    with replies_lost(monkeypatch, "output/"):
        reconcile(releases)

    assert copy.get_blob_properties().metadata["copy_of"] == "2 b"


@pytest.mark.parametrize("note", ["", "b", "-1 a", "1" * 5000, "two b"])
def test_a_damaged_note_beside_a_copy_stops_no_decision(
    releases: ContainerClient, deliver: Deliver, note: str
) -> None:
    deliver("a")
    copy = releases.get_blob_client("output/train_model.csv")
    copy.set_blob_metadata({"copy_of": note} if note else {})

    deliver("b")

    assert copy.get_blob_properties().metadata["copy_of"] == "2 b"


def test_a_copy_that_fails_is_a_warning(
    releases: ContainerClient, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    deliver("a")

    with caplog.at_level(logging.WARNING, "shared.registry.pointer"):
        refresh_copies(releases, "never", 9)

    assert "could not be refreshed from never" in caplog.text


def test_every_decision_is_logged_in_one_line_for_a_metric(
    releases: ContainerClient, deliver: Deliver, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "shared.registry.moves"):
        deliver("a")
        deliver("b", promotion="manual")
        reject(releases, "b", ANA, "the wrong month")

    lines = [record.getMessage() for record in caplog.records]
    assert [line.split()[0] for line in lines] == ["release_decision"] * 2
    assert '"version": "a", "outcome": "served", "action": "promoted"' in lines[0]
    assert '"version": "b", "outcome": "rejected", "action": "rejected"' in lines[1]
