"""A pointer or a history that is damaged: read from what is sound, rebuilt, or repaired."""

import json

import pytest
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.registry.promotion import approve, reject
from shared.registry.published import fetch_pointer
from shared.registry.reconciling import reconcile
from shared.registry.repairing import diagnose, repair
from shared.registry.returning import roll_back
from shared.release.decisions import DecisionRefusedError
from tests.support.deliveries import ANA, FUTURE, STOPPED, Deliver, actions, states
from tests.support.stored_releases import current_version

DEEP = b'{"version": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"


def flip_bit_in_previous(content: bytes) -> bytes:
    place = content.index(b"previous") + 40
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"version": "b"', DEEP, b"flipped"])
def test_a_damaged_pointer_is_read_from_the_history_and_rebuilt_by_the_next_decision(
    releases: ContainerClient, deliver: Deliver, content: bytes
) -> None:
    for version in ("a", "b"):
        deliver(version)
    before = releases.download_blob("current.json").readall()
    damaged = flip_bit_in_previous(before) if content == b"flipped" else content
    releases.upload_blob("current.json", damaged, overwrite=True)

    assert current_version(releases) == "b"
    assert states(releases) == {"a": "former", "b": "current"}
    reconcile(releases)

    assert releases.download_blob("current.json").readall() == before


def test_a_delivery_and_a_rollback_succeed_although_the_pointer_is_damaged(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b")
    releases.upload_blob("current.json", b"{}", overwrite=True)
    assert roll_back(releases, ANA, None) == ("b", "a")
    releases.delete_blob("current.json")

    assert deliver("c", FUTURE).state == "published"

    assert current_version(releases) == "c"


def test_a_lost_or_damaged_last_entry_is_restored_from_the_pointer(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b")
    before = releases.download_blob("current.json").readall()

    for damage in (None, b"{}"):
        releases.delete_blob("history/00000002.json")
        if damage:
            releases.upload_blob("history/00000002.json", damage)
        reconcile(releases)

        assert releases.download_blob("history/00000002.json").readall() == before


def test_a_person_chooses_where_neither_pointer_nor_history_can_be_read(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b")
    deliver("stopped", **STOPPED)
    for name in ("current.json", "history/00000002.json"):
        releases.upload_blob(name, b"{}", overwrite=True)

    with pytest.raises(BrokenReleaseError, match="python -m training repair"):
        fetch_pointer(releases)
    with pytest.raises(DecisionRefusedError, match="--to VERSION") as refusal:
        repair(releases, ANA)
    assert "a was current before." in [one.detail for one in refusal.value.errors]
    with pytest.raises(DecisionRefusedError, match="may be served"):
        repair(releases, ANA, "stopped")

    assert len(repair(releases, ANA, "b")) == 2

    assert current_version(releases) == "b"
    assert states(releases)["b"] == "current"
    assert actions(releases, "b") == ["stored", "promoted", "repaired"]
    assert roll_back(releases, ANA, None) == ("b", "a")


def test_a_sound_pointer_needs_no_repair_and_no_choice(
    releases: ContainerClient, deliver: Deliver
) -> None:
    assert diagnose(releases).faults == []
    deliver("a")

    assert repair(releases, ANA) == []
    with pytest.raises(DecisionRefusedError, match="what is current is certain"):
        repair(releases, ANA, "a")


def test_an_entry_that_does_not_follow_the_one_before_it_is_found(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    first = releases.download_blob("history/00000001.json").readall()
    releases.delete_blob("history/00000001.json")
    releases.delete_blob("current.json")
    deliver("b")
    deliver("c")
    releases.upload_blob("history/00000001.json", first, overwrite=True)

    assert diagnose(releases).faults == [
        "history/00000002.json does not follow the entry before it."
    ]


def test_a_damaged_decision_record_costs_itself_only(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b")
    deliver("c", promotion="manual")
    releases.upload_blob("decisions/b.json", b"[[[", overwrite=True)
    releases.upload_blob("stray/manifest.json", DEEP)

    assert states(releases) == {"a": "former", "c": "pending"}
    assert roll_back(releases, ANA, "complaints") == ("b", "a")
    reject(releases, "c", ANA, "because")
    with pytest.raises(BrokenReleaseError, match=r"decisions/b\.json must hold"):
        approve(releases, "b", ANA, None)

    assert current_version(releases) == "a"


def test_a_store_without_history_is_read_and_its_next_move_is_the_first_entry(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a", "2026-02-02T00:00:00+00:00", promotion="manual")
    deliver("b", "2026-02-03T00:00:00+00:00", promotion="manual")
    stored = json.loads(releases.download_blob("decisions/a.json").readall())
    event = {"at": "2026-02-02T00:00:01+00:00", "who": "pipeline", "verified": True, "why": None}
    del stored[0]["id"]
    promoted = event | {"action": "promoted"}
    releases.upload_blob("decisions/a.json", json.dumps([*stored, promoted]), overwrite=True)
    old = {"version": "a", "manifest_sha256": stored[0]["manifest_sha256"], "previous": []}
    releases.upload_blob("current.json", json.dumps(old | {"moved": promoted}, indent=2))

    assert states(releases) == {"a": "current", "b": "pending"}
    assert deliver("older", "2026-02-01T00:00:00+00:00", promotion="manual").state == "pending"
    assert approve(releases, "b", ANA, None) == "a"

    found = fetch_pointer(releases)
    assert found
    assert found.pointer.number == 1
    assert roll_back(releases, ANA, None) == ("b", "a")
    assert states(releases)["b"] == "rolled_back"


def test_a_pointer_that_is_missing_behind_or_elsewhere_is_found(
    releases: ContainerClient, deliver: Deliver
) -> None:
    deliver("a")
    deliver("b")
    first = releases.download_blob("history/00000001.json").readall()

    releases.delete_blob("current.json")
    assert diagnose(releases).faults == ["current.json is missing."]
    releases.upload_blob("current.json", first)
    assert "current.json is behind" in repair(releases, ANA)[0]
    releases.upload_blob("history/00000003.json", first)
    assert "must have the number 3" in diagnose(releases).faults[-1]

    assert current_version(releases) == "b"
