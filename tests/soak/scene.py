"""What people decide about: two releases that were served, and one that waits."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.soak.ground import Ground
from tests.soak.raw_files import NEW, NEXT
from tests.soak.snapshot import Snapshot, restore_snapshot

TAKEN = {"approve": "approved", "reject": "rejected", "roll_back": "rolled_back_to"}
"""From a decision to what its record says of it."""

_SERVED_BY = {"promoted", "approved", "overridden", "rolled_back_to"}


@dataclass(frozen=True)
class Scene:
    """Two releases were served, `former` and `current`; `pending` waits for a decision."""

    former: str
    current: str
    pending: str
    storage: Snapshot

    def path(self, decision: str) -> str:
        """Return the path of a decision below `/api/versiones/`."""
        return {
            "approve": f"{self.pending}/aprobacion",
            "reject": f"{self.pending}/rechazo",
            "roll_back": "regreso",
        }[decision]

    def subject(self, decision: str) -> str:
        """Return the release that a decision is about."""
        return self.former if decision == "roll_back" else self.pending

    def current_after(self, decision: str) -> str:
        """Return the release that is current once a decision was taken."""
        return {"approve": self.pending, "reject": self.current, "roll_back": self.former}[decision]


def set_scene(ground: Ground) -> Scene:
    """Serve the new file's release after the old one's, and let the next one wait."""
    ground.reset(NEW)
    pointer = read_pointer(ground)
    losses = ground.settle(ground.upload(NEXT), {"PROMOTION": "manual"})
    assert not losses, losses
    pending = _pending(ground)
    return Scene(pointer["previous"][0]["version"], pointer["version"], pending, ground.save())


def restore_scene(ground: Ground, scene: Scene) -> None:
    """Go back to before any decision."""
    restore_snapshot(ground.service, scene.storage)
    ground.wait_until_served(NEW)


def check_taken(ground: Ground, scene: Scene, decision: str) -> list[str]:
    """Require that a decision was taken once, is on record, and holds in the pointer."""
    losses = []
    actions = read_actions(ground, scene.subject(decision))
    if actions.count(TAKEN[decision]) != 1:
        losses.append(f"{TAKEN[decision]} is not on record once: {actions}")
    current = read_pointer(ground)["version"]
    if current != scene.current_after(decision):
        losses.append(f"{current} is current, expected {scene.current_after(decision)}")
    return losses + check_agreement(ground)


def check_agreement(ground: Ground) -> list[str]:
    """Require a record that says why the current release is served, and no leftover intent."""
    current = read_pointer(ground)["version"]
    losses = []
    if not _SERVED_BY & set(read_actions(ground, current)):
        losses.append(f"nobody made {current} current, says its record")
    if "rejected" in read_actions(ground, current):
        losses.append(f"{current} is served though it was rejected")
    left = list(ground.releases.list_blob_names(name_starts_with="intents/"))
    return losses + ([f"intents are left over: {left}"] if left else [])


def read_pointer(ground: Ground) -> dict[str, Any]:
    """Read the pointer, as it is."""
    found: dict[str, Any] = json.loads(ground.releases.download_blob("current.json").readall())
    return found


def read_actions(ground: Ground, version: str) -> list[str]:
    """Return what the record of a release says was done, the oldest first."""
    content = ground.releases.download_blob(f"decisions/{version}.json").readall()
    return [event["action"] for event in json.loads(content)]


def _pending(ground: Ground) -> str:
    names = ground.releases.list_blob_names(name_starts_with="runs/")
    runs: list[Mapping[str, Any]] = [
        json.loads(ground.releases.download_blob(name).readall()) for name in names
    ]
    (pending,) = [run["version"] for run in runs if run["state"] == "pending"]
    return str(pending)


def find_latest_decided(ground: Ground) -> str:
    """Return the latest release that has a decision record."""
    names = ground.releases.list_blob_names(name_starts_with="decisions/")
    return max(names).removeprefix("decisions/").removesuffix(".json")
