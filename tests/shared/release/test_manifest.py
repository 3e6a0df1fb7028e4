"""The pointer, written and read."""

from shared.release.decisions import PIPELINE, Event
from shared.release.manifest import Pointer


def test_a_pointer_remembers_twenty_releases_and_survives_a_round_trip() -> None:
    moved = Event.now("promoted", PIPELINE, None)
    pointer = Pointer("v0", "0")

    for number in range(1, 30):
        pointer = Pointer(f"v{number}", str(number)).follow(pointer, moved)

    assert [one.version for one in pointer.previous] == [f"v{n}" for n in range(28, 8, -1)]
    assert Pointer.from_json(pointer.to_json()) == pointer
