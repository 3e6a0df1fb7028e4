"""What the chain shows: records that were altered, removed, reordered or cut off."""

from dataclasses import replace

import pytest

from shared.audit.chain import START, Record, StoredRecord, digest, find_breaks, read_record
from shared.release.facts import AuditHead


def chain(n_records: int) -> list[StoredRecord]:
    stored: list[StoredRecord] = []
    head = START
    for number in range(1, n_records + 1):
        made = Record(number, f"e{number}", "test", "2026-01-01", {"n": number}, head.sha256)
        head = made.head
        stored.append(StoredRecord(number, made.content, head.sha256))
    return stored


def head_of(stored: list[StoredRecord]) -> AuditHead:
    return AuditHead(stored[-1].place, stored[-1].sha256)


def test_a_sound_chain_has_no_breaks() -> None:
    assert find_breaks([], START) == []
    assert find_breaks(chain(5), head_of(chain(5))) == []


def test_a_record_reads_as_it_was_written() -> None:
    (one,) = chain(1)

    assert read_record(one.content).content == one.content


def test_an_altered_record_is_named() -> None:
    stored = chain(5)
    altered = [*stored[:2], replace(stored[2], content=stored[2].content + " "), *stored[3:]]

    (found,) = find_breaks(altered, head_of(stored))

    assert found.startswith("Record 3 was altered")


@pytest.mark.parametrize("place", [1, 2, 3, 4, 5])
def test_an_altered_record_with_a_new_digest_breaks_the_link(place: int) -> None:
    stored = chain(5)
    content = stored[place - 1].content.replace(f'"n":{place}', '"n":99')
    stored[place - 1] = StoredRecord(place, content, digest(content))

    found = find_breaks(stored, head_of(chain(5)))

    expected = f"Record {place + 1} does not follow record {place}" if place < 5 else "Record 5 is"
    assert [one for one in found if one.startswith(expected)]


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_a_removed_record_is_named(place: int) -> None:
    stored = chain(5)
    left = [one for one in stored if one.place != place]

    assert find_breaks(left, head_of(stored)) == [f"Record {place} was removed."]


def test_reordered_records_are_named() -> None:
    stored = chain(4)
    swapped = [stored[0], replace(stored[2], place=2), replace(stored[1], place=3), stored[3]]

    found = find_breaks(swapped, head_of(stored))

    assert "Record 3 is at the place of record 2." in found
    assert "Record 2 is at the place of record 3." in found


def test_a_chain_that_was_cut_off_is_shorter_than_its_head() -> None:
    stored = chain(5)

    assert find_breaks(stored[:3], head_of(stored)) == ["Records 4 to 5 were removed from the end."]


def test_a_head_that_was_set_back_is_noticed() -> None:
    stored = chain(5)

    assert find_breaks(stored, head_of(stored[:3])) == [
        "The head names record 3, the last one is 5."
    ]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"fields":1}', "[" * 100_000])
def test_a_record_that_is_no_record_is_named(content: str) -> None:
    stored = StoredRecord(1, content, digest(content))

    (found,) = find_breaks([stored], AuditHead(1, digest(content)))

    assert found.startswith("Record 1 cannot be read")
