"""What brief answers need of every user: rows of a few bytes, mapped into memory.

The file is a line of JSON, the user ids in ascending order, then a row per user with nothing
between them, all little-endian. A column of features has the narrowest of `INTEGERS` that holds
each of its numbers exactly, or else "d", a double.
"""

import math
from bisect import bisect_left
from mmap import ACCESS_READ, mmap
from pathlib import Path
from struct import Struct, calcsize
from typing import Annotated, Any, Literal

import msgspec

from shared.errors import BrokenReleaseError
from shared.release.features import REFERENCE_FEATURES

INTEGERS = {"b": 8, "h": 16, "i": 32}
"""The bits of the integers that a column may have, by their letter in `struct`."""

MISSING = {letter: -(2.0 ** (bits - 1)) for letter, bits in INTEGERS.items()} | {"d": math.inf}
"""What stands for a missing feature, by the letter of its column: no feature has that value."""

INDEX_COLUMNS = (*REFERENCE_FEATURES, "probability", "decision")
"""What a row holds."""

MAX_USER_ID = 2**63 - 1

_SHOWN = len(REFERENCE_FEATURES)
_HEADER_LIMIT_BYTES = 1_000


class IndexHeader(msgspec.Struct, frozen=True):
    """The first line of the file.

    Attributes
    ----------
    users : int
        How many there are.
    columns : tuple of str
        `INDEX_COLUMNS`.
    ids : str
        The letter of the user ids.
    row : str
        The letters of a row, as `struct` takes them.
    """

    users: Annotated[int, msgspec.Meta(ge=0)]
    columns: tuple[str, ...]
    ids: Literal["i", "q"]
    row: Annotated[str, msgspec.Meta(pattern=f"^<[bhid]{{{_SHOWN}}}db$")]


class UserIndex:
    """Finds a user's numbers, and touches only the pages that it needs.

    Parameters
    ----------
    path : Path
        May be unlinked afterwards.

    Raises
    ------
    BrokenReleaseError
        When it is not such a file.
    """

    def __init__(self, path: Path) -> None:
        content = _map(path)
        header, ids = _read_header(content)
        row = Struct(header.row)
        rows = ids + header.users * calcsize(f"<{header.ids}")
        if header.columns != INDEX_COLUMNS or len(content) != rows + header.users * row.size:
            raise _unreadable(f"its {len(content):,} bytes do not fit to {header}")
        self._ids = content[ids:rows].cast(header.ids)
        self._rows = content[rows:]
        self._read = row.unpack_from
        self._row_bytes = row.size
        self._missing = [MISSING[letter] for letter in header.row[1 : 1 + _SHOWN]]

    def find_shown(self, user_id: int) -> list[float | None] | None:
        """Find `REFERENCE_FEATURES`, None where missing; None for an unknown user."""
        row = self._find(user_id)
        if row is None:
            return None
        return [
            None if number == missing else float(number)
            for number, missing in zip(row, self._missing, strict=False)
        ]

    def find_decision(self, user_id: int) -> tuple[float, int] | None:
        """Find probability and decision; None for an unknown user."""
        row = self._find(user_id)
        return None if row is None else row[_SHOWN:]

    def _find(self, user_id: int) -> Any:
        place = bisect_left(self._ids, user_id)
        if place == len(self._ids) or self._ids[place] != user_id:
            return None
        return self._read(self._rows, place * self._row_bytes)


def _map(path: Path) -> memoryview:
    with path.open("rb") as file:
        try:
            # The map lasts as long as a view of it; the file is not held open.
            return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ, trackfd=False))
        except ValueError as error:
            raise _unreadable(str(error)) from error


def _read_header(content: memoryview) -> tuple[IndexHeader, int]:
    """Read the first line, and return it with the place of what follows."""
    line, end, _ = bytes(content[:_HEADER_LIMIT_BYTES]).partition(b"\n")
    try:
        return msgspec.json.decode(line, type=IndexHeader), len(line) + len(end)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable(str(error)) from error


def _unreadable(why: str) -> BrokenReleaseError:
    return BrokenReleaseError(
        f"The index of users cannot be read: {why}. Publish the release again."
    )
