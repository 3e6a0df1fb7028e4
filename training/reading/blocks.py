"""The raw file cut into blocks of whole lines, and the lines in a block."""

import csv
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path

from shared.errors import RejectedFileError

_BLOCK_BYTES = 4 * 1024 * 1024
_LONGEST_BYTES = 64 * 1024 * 1024


def cut_blocks(path: Path, start: int) -> Iterator[tuple[int, int]]:
    """Cut a file where lines end.

    Parameters
    ----------
    path : Path
        The raw file, not empty.
    start : int
        The byte after the header, where its line ends.

    Yields
    ------
    tuple of int
        The first byte of a block and the first one after it.

    Raises
    ------
    RejectedFileError
        When a line is too long to be one of a CSV.
    """
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        start += len(b"\r\n") if content[start : start + 2] == b"\r\n" else 1
        while start < len(content):
            end = _find_end(content, start)
            if end - start > _LONGEST_BYTES:
                raise RejectedFileError(
                    [f"A line is longer than {_LONGEST_BYTES:,} bytes: expected a line per loan."]
                )
            yield start, end
            start = end


def _find_end(file: mmap, start: int) -> int:
    target = start + _BLOCK_BYTES
    if target >= len(file):
        return len(file)
    for line_end in (b"\n", b"\r"):
        place = file.rfind(line_end, start, target)
        if place >= 0:
            # A line end of two bytes stays whole.
            return place + (2 if file[place : place + 2] == b"\r\n" else 1)
    ends = [place for place in (file.find(b"\n", target), file.find(b"\r", target)) if place >= 0]
    return min(ends) + 1 if ends else len(file)


def count_lines(content: bytes) -> int:
    """Count the lines of a block, blank ones too, whatever ends them."""
    ends = content.count(b"\n")
    if b"\r" in content:
        ends += content.count(b"\r") - content.count(b"\r\n")
    return ends if content.endswith((b"\n", b"\r")) else ends + 1


def get_last_line(content: bytes) -> bytes:
    """Cut the last line out of a block."""
    end = len(content)
    while end and content[end - 1] in b"\r\n":
        end -= 1
    tail = content[max(0, content.rfind(b"\n", 0, end)) : end]
    return tail[max(tail.rfind(b"\n"), tail.rfind(b"\r")) + 1 :]


def is_left_open(line: bytes, delimiter: str) -> bool:
    """Tell whether a quote opens in a line and does not close in it.

    Parameters
    ----------
    line : bytes
        Without its end.
    delimiter : str
        What parts the values.
    """
    if b'"' not in line:
        return False
    following = iter([line.decode("latin-1"), ""])
    try:
        next(csv.reader(following, delimiter=delimiter))
    except csv.Error:
        # Longer than the parser takes: no row of a CSV.
        return True
    return next(following, None) is None
