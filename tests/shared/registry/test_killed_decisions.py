"""Every decision, killed after each of its writes: nothing is lost, and everything agrees."""

import itertools
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from shared.registry.decision_log import fetch_record
from shared.registry.history import list_numbers
from shared.registry.intents import list_intents
from shared.registry.moves import follow_history
from shared.registry.override import override
from shared.registry.promotion import approve, reject
from shared.registry.published import fetch_latest, fetch_pointer
from shared.registry.publishing import publish_release
from shared.registry.reconciling import reconcile
from shared.registry.release_list import list_releases
from shared.registry.returning import roll_back
from shared.release.decisions import DecisionRefusedError
from shared.release.pointer import Pointer
from shared.release.states import find_open_moves
from tests.support.containers import new_container
from tests.support.deliveries import ANA, BEA, DRIFTED, FUTURE
from tests.support.interrupted_storage import Killed, killed_after
from tests.support.stored_releases import change_manifest, read_manifest, variant

type Decide = Callable[[ContainerClient, Path], object]


@pytest.fixture(scope="module")
def small(release: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give releases a, b and c, each of two small files."""
    folder = tmp_path_factory.mktemp("small")
    made = {}
    for version, day in (("a", 1), ("b", 2), ("c", 3)):
        copy = variant(release, folder, version, f"2026-02-0{day}T00:00:00+00:00")
        files = read_manifest(copy).files
        kept = {name: files[name] for name in ("train_model.csv", "model_risk.joblib")}
        change_manifest(copy, files=kept)
        made[version] = copy
    return made


@dataclass(frozen=True, slots=True)
class Prepared:
    """What storage holds before a decision, and the release that is to be promoted."""

    blobs: list[tuple[str, bytes, dict[str, str]]]
    coming: Path

    def put(self, container: ContainerClient) -> None:
        for name, content, metadata in self.blobs:
            container.upload_blob(name, content, metadata=metadata)
        follow_history(container, take_latest(container))


@pytest.fixture(scope="module")
def prepared(
    storage: str, small: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Prepared:
    """Have a and b served one after the other, c pending and d stopped; e is the next one."""
    folder = tmp_path_factory.mktemp("prepared")
    stopped = Path(shutil.copytree(small["c"], folder / "d"))
    coming = Path(shutil.copytree(small["c"], folder / "e"))
    source = {**read_manifest(coming).source, "last_modified": FUTURE}
    change_manifest(coming, version="e", source=source)
    with new_container(storage, "prepared") as container:
        deliver_small(container, small["a"])
        deliver_small(container, small["b"])
        publish_release(container, small["c"], read_manifest(small["c"]), "manual")
        publish_release(container, stopped, change_manifest(stopped, version="d", **DRIFTED))
        override(container, "d", ANA, "seasonal", needs_confirmation=True)
        blobs = [
            (blob.name, container.download_blob(blob.name).readall(), dict(blob.metadata or {}))
            for blob in container.list_blobs(include=["metadata"])
            # Copies are made within storage.
            if not blob.name.startswith(("output/", "train_models/"))
        ]
    return Prepared(blobs, coming)


def deliver_small(container: ContainerClient, release: Path) -> None:
    publish_release(container, release, read_manifest(release))


def take_latest(container: ContainerClient) -> Pointer:
    found = fetch_latest(container)
    assert found
    return found.pointer


DECISIONS: dict[str, tuple[str, Decide]] = {
    "promote": ("e", lambda container, e: publish_release(container, e, read_manifest(e))),
    "approve": ("c", lambda container, _: approve(container, "c", ANA, "reviewed")),
    "override": (
        "d",
        lambda container, _: override(container, "d", BEA, "agreed", needs_confirmation=True),
    ),
    "roll back": ("a", lambda container, _: roll_back(container, ANA, "complaints", "b")),
    "reject": ("c", lambda container, _: reject(container, "c", ANA, "the wrong month")),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_that_is_killed_after_any_write_is_whole_or_not_made(
    storage: str,
    prepared: Prepared,
    monkeypatch: pytest.MonkeyPatch,
    decision: str,
) -> None:
    version, decide = DECISIONS[decision]
    for writes in itertools.count():
        with new_container(storage, "killed") as container:
            prepared.put(container)
            is_done = False
            try:
                with killed_after(monkeypatch, writes):
                    decide(container, prepared.coming)
                    is_done = True
            except Killed:
                require_served(container, {"b", version})
            reconcile(container)
            require_agreement(container)
            if not is_done:
                repeat(decide, container, prepared.coming)
            require_agreement(container)
            expected = "b" if decision == "reject" else version
            require_served(container, {expected})
            require_reasons(container, decision)
        if is_done:
            break
    # At least the intent, the record, the history, the pointer, the outcome and the copies.
    assert writes >= (1 if decision == "reject" else 6)


def repeat(decide: Decide, container: ContainerClient, coming: Path) -> None:
    """Decide again; what was made already may say so."""
    refusals = []
    try:
        decide(container, coming)
    except DecisionRefusedError as error:
        refusals.append(str(error))
    assert all("already" in one for one in refusals)


def require_served(container: ContainerClient, versions: set[str]) -> None:
    found = fetch_pointer(container)
    assert found
    assert found.pointer.version in versions


def require_agreement(container: ContainerClient) -> None:
    """Require that pointer, history, records, list and copies tell the same."""
    pointed, latest = fetch_pointer(container), fetch_latest(container)
    assert pointed
    assert latest
    current = pointed.pointer
    assert current == latest.pointer
    assert list_numbers(container) == list(range(1, current.number + 1))
    assert list_intents(container) == []
    found = list_releases(container)
    assert found.current == current.version
    assert found.unreadable == {}
    states = {one.version: one.state(found.current) for one in found.releases}
    assert [name for name, state in states.items() if state == "current"] == [current.version]
    for one in found.releases:
        assert find_open_moves(one.record.events) == []
        ids = [event.id for event in one.record.events]
        assert len(ids) == len(set(ids))
    serving = next(one for one in found.releases if one.version == current.version)
    assert current.moved in serving.record.events
    assert serving.state(None) == "former", "neither rejected nor stopped"
    for name in ("output/train_model.csv", "train_models/model_risk.joblib"):
        noted = container.get_blob_client(name).get_blob_properties().metadata["copy_of"]
        assert noted == f"{current.number} {current.version}"


def require_reasons(container: ContainerClient, decision: str) -> None:
    """Require that who and why are on record wherever a person looks for them."""
    expected = {
        "approve": [("c", "approved", "ana", "reviewed")],
        "override": [("d", "overridden", "bea", "agreed")],
        "roll back": [
            ("a", "rolled_back_to", "ana", "complaints"),
            ("b", "rolled_back_from", "ana", "complaints"),
        ],
        "reject": [("c", "rejected", "ana", "the wrong month")],
    }
    for version, action, who, why in expected.get(decision, []):
        events = fetch_record(container, version).events
        assert [(one.who, one.why) for one in events if one.action == action] == [(who, why)]
