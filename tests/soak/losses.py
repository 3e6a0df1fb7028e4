"""What must be in storage once the dust has settled."""

import hashlib
import json
import re
from collections import Counter
from typing import Any

import httpx
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import ContainerClient

from tests.soak.ground import Ground

_VERSION = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]+")
_SERVED_BY = {"promoted", "approved", "overridden", "rolled_back_to"}
_COPIES = {
    "output/train_model.csv": "train_model.csv",
    "train_models/model_risk.joblib": "model_risk.joblib",
}
UNFINISHED = frozenset({"running", "failed"})


def find_losses(ground: Ground, served: str, damaged: str = "") -> list[str]:
    """Compare the store with what was promised.

    Parameters
    ----------
    ground : Ground
        No instance is at work on it.
    served : str
        The upload whose release must be the current one.
    damaged : str
        A version whose files a campaign has damaged: they may stay so.
    """
    store = read_store(ground.releases)
    pointer = store.json("current.json")
    if not isinstance(pointer, dict) or "version" not in pointer:
        return [f"current.json holds {pointer!r}"]
    version = str(pointer["version"])
    return [
        *_check_current(ground, store, pointer, served),
        *_check_runs(store, version, served),
        *_check_folders(store, damaged),
        *_check_decisions(store, version),
        *_check_copies(store, version),
        *_check_list(ground.url, version),
    ]


class Store:
    """Every blob of the releases container."""

    def __init__(self, blobs: dict[str, bytes]) -> None:
        self.blobs = blobs

    def json(self, name: str) -> Any:
        """Return a blob's document; None when it is missing or not JSON."""
        try:
            return json.loads(self.blobs[name])
        except (KeyError, ValueError):
            return None

    def runs(self) -> list[dict[str, Any]]:
        """Return the run records that can be read."""
        found = [self.json(name) for name in self.blobs if name.startswith("runs/")]
        return [one for one in found if isinstance(one, dict)]

    def folders(self) -> set[str]:
        """Return the names of the releases' folders."""
        first = {name.partition("/")[0] for name in self.blobs if "/" in name}
        return {name for name in first if _VERSION.fullmatch(name)}


def read_store(releases: ContainerClient) -> Store:
    """Read every blob, as it is now."""
    blobs = {}
    for name in list(releases.list_blob_names()):
        try:
            blobs[name] = releases.download_blob(name).readall()
        except ResourceNotFoundError:
            continue
    return Store(blobs)


def _check_current(ground: Ground, store: Store, pointer: dict[str, Any], served: str) -> list[str]:
    version = pointer["version"]
    manifest = store.json(f"{version}/manifest.json")
    if manifest is None:
        return [f"the current release {version} has no manifest"]
    losses = []
    digest = hashlib.sha256(store.blobs[f"{version}/manifest.json"]).hexdigest()
    if digest != pointer["manifest_sha256"]:
        losses.append(f"the manifest of {version} is not the pointer's")
    if manifest["source"]["name"] != served:
        losses.append(f"{manifest['source']['name']} is served instead of {served}")
    elif _etag(ground, served) not in (None, manifest["source"]["etag"]):
        losses.append(f"an earlier upload of {served} is served")
    return losses


def _etag(ground: Ground, upload: str) -> str | None:
    try:
        etag = ground.inputs.get_blob_client(upload).get_blob_properties().etag
    except ResourceNotFoundError:
        return None
    return etag.strip('"')


def _check_runs(store: Store, version: str, served: str) -> list[str]:
    runs = store.runs()
    losses = [
        f"the run of {run['source']['name']} is left {run['state']}: {run['problems']}"
        for run in runs
        if run["state"] in UNFINISHED
    ]
    own = [run for run in runs if run.get("version") == version]
    if [run["state"] for run in own] != ["published"]:
        found = [(run["source"]["name"], run["state"], run.get("version")) for run in runs]
        losses.append(f"{version} of {served} is current, the run records say {found}")
    return losses


def _check_folders(store: Store, damaged: str) -> list[str]:
    losses = []
    sources: Counter[tuple[str, str]] = Counter()
    recorded = {run.get("version") for run in store.runs()}
    for version in sorted(store.folders() - {damaged}):
        manifest = store.json(f"{version}/manifest.json")
        if manifest is None:
            losses.append(f"{version} is a partial folder")
            continue
        sources[manifest["source"]["name"], manifest["source"]["etag"]] += 1
        if version not in recorded:
            losses.append(f"no run record names {version}")
        for name, facts in manifest["files"].items():
            content = store.blobs.get(f"{version}/{name}", b"")
            if hashlib.sha256(content).hexdigest() != facts["sha256"]:
                losses.append(f"{version}/{name} is damaged")
    return losses + [f"{count} releases of {key[0]}" for key, count in sources.items() if count > 1]


def _check_decisions(store: Store, version: str) -> list[str]:
    losses = []
    for folder in sorted(store.folders()):
        events = store.json(f"decisions/{folder}.json")
        found = [event["action"] for event in events] if isinstance(events, list) else []
        if found.count("stored") != 1:
            losses.append(f"{folder} is stored {found.count('stored')} times: {found}")
        if folder == version and not _SERVED_BY & set(found):
            losses.append(f"nobody made {folder} current, says its record: {found}")
    return losses


def _check_copies(store: Store, version: str) -> list[str]:
    return [
        f"{copy} is not the current release's"
        for copy, name in _COPIES.items()
        if store.blobs.get(copy) != store.blobs.get(f"{version}/{name}")
    ]


def _check_list(url: str, version: str) -> list[str]:
    answer = httpx.get(f"{url}/api/versiones", timeout=60)
    if answer.status_code != 200:
        return [f"the list of releases answers {answer.status_code}: {answer.text[:300]}"]
    states = {one["version"]: one["state"] for one in answer.json()["releases"]}
    return [] if states.get(version) == "current" else [f"the list says {states}"]
