"""The pointer, sealed with a digest of itself, and the reader that trusts nothing."""

import operator

import pytest
from msgspec.structs import replace

from shared.errors import BrokenReleaseError
from shared.release.decisions import PIPELINE, Event
from shared.release.documents import MalformedDocumentError, read_document
from shared.release.files import FileFacts
from shared.release.pointer import Pointer
from shared.release.seal import check_seal

MOVED = Event.now("promoted", PIPELINE, None).moving(1, None)
NOTED = Pointer(
    "v1",
    "ab" * 32,
    source={"name": "x.csv", "etag": "0x1"},
    as_of="2026-01-01",
    index=FileFacts("ef" * 32, 26),
)
POINTER = NOTED.follow(None, MOVED)


def test_a_sealed_pointer_survives_a_round_trip() -> None:
    content = POINTER.to_json()

    found = Pointer.from_json(content)

    assert found == POINTER
    assert found.sha256 == check_seal(content)


@pytest.mark.parametrize("index", [None, NOTED.index], ids=["without an index", "with one"])
def test_a_pointer_is_equal_before_and_after_it_is_stored(index: FileFacts | None) -> None:
    pointer = replace(NOTED, index=index).follow(None, MOVED)
    stored = Pointer.from_json(pointer.to_json())

    assert stored.sha256 != pointer.sha256
    assert operator.eq(stored, pointer)
    assert not operator.ne(stored, pointer)


def test_a_pointer_to_another_release_is_another_one() -> None:
    other = Pointer("v1", "cd" * 32).follow(None, MOVED)

    for one in (other, "v1"):
        assert operator.ne(POINTER, one)
        assert not operator.eq(POINTER, one)


def test_a_pointer_names_the_digest_of_the_one_that_it_follows() -> None:
    first = Pointer.from_json(POINTER.to_json())

    second = Pointer("v2", "cd" * 32).follow(first, MOVED.moving(2, "v1"))

    assert (second.number, second.before_sha256) == (2, first.sha256)
    assert [one.version for one in second.previous] == ["v1"]
    assert second.previous == (NOTED,)
    assert Pointer.from_json(second.to_json()).previous == (NOTED,)


def test_any_flipped_bit_is_noticed() -> None:
    content = POINTER.to_json()

    for place in range(len(content)):
        flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        with pytest.raises(BrokenReleaseError, match="python -m training repair"):
            Pointer.from_json(flipped)


@pytest.mark.parametrize("added", [b" ", b"\n", b'",\n  "version": "other'])
def test_anything_added_to_the_seal_is_noticed(added: bytes) -> None:
    content = POINTER.to_json()
    end = content.rindex(b'"\n}')

    with pytest.raises(BrokenReleaseError):
        Pointer.from_json(content[:end] + added + content[end:])


def test_a_sealed_pointer_ends_with_its_seal() -> None:
    with pytest.raises(BrokenReleaseError, match="there is none"):
        Pointer.from_json(POINTER.to_json() + b"\n")


@pytest.mark.parametrize("content", [b"[" * 10**6, b"\xff", b'{"a":"\xff"}', b"", b"1" * 5_000_000])
def test_what_is_no_document_is_malformed_however_it_is_made(content: bytes) -> None:
    with pytest.raises(MalformedDocumentError):
        read_document(content, Pointer)


def test_a_document_without_a_seal_has_none() -> None:
    with pytest.raises(MalformedDocumentError, match="there is none"):
        check_seal(b"{}")
