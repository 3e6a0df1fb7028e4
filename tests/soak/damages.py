"""What is in storage is damaged: a release's files, the pointer."""

import json
from collections.abc import Callable, Iterator

import httpx

from tests.soak.campaign import Campaign, Tally
from tests.soak.ground import Ground
from tests.soak.raw_files import NEW, NEXT, OLD
from tests.soak.reader import Reader
from tests.soak.rounds import deliver_now
from tests.support.waiting import wait_until

_FILES = (
    "manifest.json",
    "users.bin",
    "serving.sqlite",
    "scorer.json",
    "model_risk.joblib",
    "report.html",
)

_FLIPPED = 0.5

_POINTERS: dict[str, Callable[[bytes], bytes | None]] = {
    "empty": lambda _: b"",
    "cut": lambda content: content[: len(content) // 2],
    "{}": lambda _: b"{}",
    "[]": lambda _: b"[]",
    "deeply nested": lambda _: b"[" * 100_000,
    "to nothing": lambda content: _change(content, version="20200101T000000Z-0123456789ab"),
    "with another previous": lambda content: _change(content, previous=[]),
    "missing": lambda _: None,
}


def damage_files(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Truncate, alter, swap or remove a file of the current release; then start another app."""
    tally = Tally()
    ways = ("truncated", "altered", "swapped", "removed")
    points = [(name, way) for name in _FILES for way in ways]
    for turn in range(rounds):
        name, way = points[turn * 7 % len(points)]
        ground.reset(NEW)
        with ground.reading() as warm:
            damaged = _damage(ground, name, way)
            losses = _start_cold(ground)
            losses += deliver_now(ground, NEXT, ground.upload(NEXT), damaged)
        tally.reads += warm.reads
        tally.add(f"{name} {way}", losses + warm.losses)
        yield tally


def _damage(ground: Ground, name: str, way: str) -> str:
    """Return the version that is damaged now."""
    current, previous = _versions(ground)
    blob = ground.releases.get_blob_client(f"{current}/{name}")
    content = blob.download_blob().readall()
    if way == "removed":
        blob.delete_blob()
        return current
    place = int(len(content) * _FLIPPED)
    flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    other = ground.releases.download_blob(f"{previous}/{name}").readall()
    damaged = {"truncated": content[:place], "altered": flipped, "swapped": other}[way]
    assert damaged != content
    blob.upload_blob(damaged, overwrite=True)
    return current


def _versions(ground: Ground) -> tuple[str, str]:
    pointer = json.loads(ground.releases.download_blob("current.json").readall())
    return pointer["version"], pointer["previous"][0]["version"]


def _start_cold(ground: Ground) -> list[str]:
    """Start another app beside the damage: it gives right answers, of this release or the last."""
    with ground.run_host() as host:
        reader = Reader(host.url, {name: ground.answers[name] for name in (OLD, NEW)})
        reader.start()
        wait_until(lambda: reader.reads >= 16 or reader.losses, "the app answers")
        reader.stop()
        live = httpx.get(f"{host.url}/api/health", timeout=60).status_code
    return reader.losses[:3] + ([] if live == 200 else [f"/health answers {live}"])


def damage_the_pointer(ground: Ground, rounds: int) -> Iterator[Tally]:
    """Damage `current.json`; then list, decide, start another app, and deliver."""
    tally = Tally()
    for turn in range(rounds):
        kind = list(_POINTERS)[turn % len(_POINTERS)]
        ground.reset(NEW)
        with ground.reading() as warm:
            pointer = ground.releases.get_blob_client("current.json")
            damaged = _POINTERS[kind](pointer.download_blob().readall())
            if damaged is None:
                pointer.delete_blob()
            else:
                pointer.upload_blob(damaged, overwrite=True)
            losses = [
                *_list(ground),
                *_start_cold(ground),
                *deliver_now(ground, NEXT, ground.upload(NEXT)),
                *_go_back(ground),
            ]
        tally.reads += warm.reads
        tally.add(f"pointer {kind}", losses + warm.losses)
        yield tally


def _list(ground: Ground) -> list[str]:
    answer = httpx.get(f"{ground.url}/api/versiones", timeout=60)
    if answer.status_code == 200:
        return []
    return [f"the list of releases answers {answer.status_code}: {answer.text[:200]}"]


def _go_back(ground: Ground) -> list[str]:
    answer = ground.decide("regreso").answer()
    if answer.status != 200:
        return [f"the way back is lost: {answer.status} {answer.body[:300]}"]
    return ground.await_served(NEW)


def _change(content: bytes, **fields: object) -> bytes:
    return json.dumps(json.loads(content) | fields).encode()


CAMPAIGNS = (
    Campaign(
        "artefacts",
        "a file of the current release is truncated, altered, swapped or removed",
        "a new instance serves the current release or the one before, whole",
        10,
        damage_files,
    ),
    Campaign(
        "pointers",
        "`current.json` is empty, cut, nonsense, nested, missing, or names nothing",
        "the list, a new instance, the next upload and the way back work",
        8,
        damage_the_pointer,
    ),
)
