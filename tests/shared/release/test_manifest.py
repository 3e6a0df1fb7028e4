"""The pointer and the manifest, written and read."""

from hashlib import sha256

import pytest
from msgspec.structs import replace

from shared.errors import BrokenReleaseError
from shared.release.decisions import PIPELINE, Event
from shared.release.manifest import read_manifest
from shared.release.pointer import Pointer
from tests.support.release_facts import make_manifest


def test_a_pointer_remembers_twenty_releases_and_survives_a_round_trip() -> None:
    moved = Event.now("promoted", PIPELINE, None)
    pointer = Pointer("v0", "0")

    for number in range(1, 30):
        pointer = Pointer(f"v{number}", str(number)).follow(pointer, moved)

    assert [one.version for one in pointer.previous] == [f"v{n}" for n in range(28, 8, -1)]
    assert Pointer.from_json(pointer.to_json()) == pointer


def point_to(content: bytes) -> Pointer:
    return Pointer("v1", sha256(content).hexdigest())


def test_a_manifest_survives_a_round_trip() -> None:
    manifest = make_manifest("v1")

    content = manifest.to_json()

    assert read_manifest(content, point_to(content)) == manifest


def test_a_manifest_with_another_digest_is_rejected() -> None:
    content = make_manifest("v1").to_json()

    with pytest.raises(BrokenReleaseError, match="must have the SHA-256"):
        read_manifest(content + b" ", point_to(content))


def test_a_manifest_with_an_unrecognised_verdict_is_rejected() -> None:
    unrecognised = replace(make_manifest("v1"), verdict="perfect")
    content = unrecognised.to_json()

    with pytest.raises(BrokenReleaseError, match="'perfect'"):
        read_manifest(content, point_to(content))
