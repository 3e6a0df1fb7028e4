"""What the campaigns find in storage when something is amiss: they can fail."""

import json
from collections.abc import Callable

import pytest

from tests.soak.ground import Ground
from tests.soak.losses import Store, find_losses, read_store
from tests.soak.raw_files import NEW

pytestmark = [pytest.mark.emulator, pytest.mark.training]

SERVED = f"{NEW}.csv"


@pytest.fixture(autouse=True)
def _served(ground: Ground) -> None:
    ground.reset(NEW)


def current(ground: Ground) -> str:
    return str(read_store(ground.releases).json("current.json")["version"])


def change(ground: Ground, name: str, edit: Callable[[bytes], bytes]) -> None:
    blob = ground.releases.get_blob_client(name)
    blob.upload_blob(edit(blob.download_blob().readall()), overwrite=True)


def test_a_sound_store_has_no_losses(ground: Ground) -> None:
    assert find_losses(ground, SERVED) == []


def test_an_upload_that_is_not_served_is_a_loss(ground: Ground) -> None:
    assert any("is served instead of" in loss for loss in find_losses(ground, "other.csv"))


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("{version}/serving.sqlite", "is damaged"),
        ("{version}/users.bin", "is damaged"),
        ("{version}/manifest.json", "is not the pointer's"),
        ("output/train_model.csv", "is not the current release's"),
    ],
)
def test_a_damaged_file_is_a_loss(ground: Ground, name: str, loss: str) -> None:
    change(ground, name.format(version=current(ground)), lambda content: content + b" ")

    assert any(loss in one for one in find_losses(ground, SERVED))


def test_a_partial_folder_is_a_loss(ground: Ground) -> None:
    ground.releases.upload_blob("20260101T000000Z-0123456789ab/scorer.json", b"{}")

    assert any("is a partial folder" in loss for loss in find_losses(ground, SERVED))


def test_a_run_without_an_end_is_a_loss(ground: Ground) -> None:
    record = max(ground.releases.list_blob_names(name_starts_with="runs/"))
    change(ground, record, lambda content: set_field(content, "state", "failed"))

    losses = find_losses(ground, SERVED)

    assert any("is left failed" in loss for loss in losses)
    assert any("the run records say" in loss for loss in losses)


def test_a_release_that_nobody_made_current_is_a_loss(ground: Ground) -> None:
    change(ground, f"decisions/{current(ground)}.json", keep_first)

    assert any("nobody made" in loss for loss in find_losses(ground, SERVED))


def test_a_release_stored_twice_is_a_loss(ground: Ground) -> None:
    store = read_store(ground.releases)
    version = current(ground)
    copy = "20260101T000000Z-0123456789ab"
    for name, content in store.blobs.items():
        if name.startswith(f"{version}/"):
            ground.releases.upload_blob(name.replace(version, copy), content)

    losses = find_losses(ground, SERVED)

    assert any("2 releases of new.csv" in loss for loss in losses)
    assert any("no run record names" in loss for loss in losses)


def test_documents_that_cannot_be_read_are_none() -> None:
    store = Store({"a": b"not JSON", "b": b"{}"})

    assert store.json("a") is None
    assert store.json("missing") is None
    assert store.json("b") == {}


def set_field(content: bytes, name: str, value: str) -> bytes:
    return json.dumps(json.loads(content) | {name: value}).encode()


def keep_first(content: bytes) -> bytes:
    return json.dumps(json.loads(content)[:1]).encode()
