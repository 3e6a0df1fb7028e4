"""The chain of records: each holds the digest of the one before, so none can change unnoticed."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.release.facts import AuditHead

START = AuditHead(number=0, sha256="0" * 64)
"""The head of a chain without records."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the chain.

    Attributes
    ----------
    number : int
        Its place, from 1.
    id : str
        Names the event: the same event is recorded once.
    kind : str
        What happened, such as `run.ended` or `decision.approved`.
    at : str
        When it was recorded, UTC, ISO 8601.
    fields : mapping
        What is known about the event, as JSON values.
    previous : str
        Hex digest of the record before.
    """

    number: int
    id: str
    kind: str
    at: str
    fields: Mapping[str, Any]
    previous: str

    @property
    def content(self) -> str:
        """The record as text: what its digest is computed from."""
        return encode_canonically(
            {
                "number": self.number,
                "id": self.id,
                "kind": self.kind,
                "at": self.at,
                "fields": self.fields,
                "previous": self.previous,
            }
        )

    @property
    def head(self) -> AuditHead:
        """The head of a chain that ends with this record."""
        return AuditHead(self.number, digest(self.content))


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as storage has it.

    Attributes
    ----------
    place : int
        The number under which it is stored.
    content : str
        The record as text.
    sha256 : str
        The digest that is stored beside it.
    """

    place: int
    content: str
    sha256: str


def encode_canonically(value: object) -> str:
    """Encode JSON in its one form: sorted keys, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(content: str) -> str:
    """Compute the hex SHA-256 of a text."""
    return hashlib.sha256(content.encode()).hexdigest()


def read_record(content: str) -> Record:
    """Read a record from its text.

    Raises
    ------
    ValueError, KeyError, TypeError, RecursionError
        When the text is no record.
    """
    found = json.loads(content)
    if not isinstance(found["fields"], dict):
        raise TypeError(f"Expected an object of fields, got {type(found['fields']).__name__}.")
    return Record(
        int(found["number"]),
        str(found["id"]),
        str(found["kind"]),
        str(found["at"]),
        found["fields"],
        str(found["previous"]),
    )


def find_breaks(stored: Iterable[StoredRecord], head: AuditHead) -> list[str]:
    """Hold every record against its digest, its place and the record before.

    Parameters
    ----------
    stored : iterable of StoredRecord
        By place.
    head : AuditHead
        The head that is stored beside them.

    Returns
    -------
    list of str
        What was altered, removed, reordered or cut off; none for a sound chain.
    """
    breaks: list[str] = []
    last = START
    for one in stored:
        if one.place > last.number + 1:
            breaks.append(f"{_name_gap(last.number + 1, one.place - 1)} removed.")
        breaks += _find_faults(one, last)
        last = AuditHead(one.place, one.sha256)
    if last.number < head.number:
        breaks.append(f"{_name_gap(last.number + 1, head.number)} removed from the end.")
    elif last.number > head.number:
        breaks.append(f"The head names record {head.number}, the last one is {last.number}.")
    elif last.sha256 != head.sha256:
        breaks.append(f"Record {last.number} is not the one that the head names.")
    return breaks


def _find_faults(one: StoredRecord, last: AuditHead) -> list[str]:
    if digest(one.content) != one.sha256:
        return [f"Record {one.place} was altered: its digest is no longer {one.sha256}."]
    try:
        record = read_record(one.content)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return [f"Record {one.place} cannot be read: {error}."]
    if record.number != one.place:
        return [f"Record {record.number} is at the place of record {one.place}."]
    follows_directly = one.place == last.number + 1
    if follows_directly and record.previous != last.sha256:
        return [f"Record {one.place} does not follow record {last.number}: one was replaced."]
    return []


def _name_gap(first: int, last: int) -> str:
    return f"Record {first} was" if first == last else f"Records {first} to {last} were"
