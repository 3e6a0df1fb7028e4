"""The raw file split into blocks of whole lines, and the lines of a block."""

import re
from collections.abc import Iterator
from functools import cache
from mmap import ACCESS_READ, mmap
from pathlib import Path

import numpy as np

from shared.errors import RejectedFileError

_BLOCK_BYTES = 4 * 1024 * 1024
_MAX_LINE_BYTES = 8 * 1024 * 1024


def split_blocks(path: Path, start: int) -> Iterator[tuple[int, int]]:
    """Split a file at line ends.

    Parameters
    ----------
    path : Path
        The raw file, not empty.
    start : int
        The offset of the header's line end.

    Yields
    ------
    tuple of int
        The offsets of a block's first byte and of the byte after its last.

    Raises
    ------
    RejectedFileError
        When a line is too long for a CSV.
    """
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        start += len(b"\r\n") if content[start : start + 2] == b"\r\n" else 1
        while start < len(content):
            end = _find_end(content, start)
            if end - start > _MAX_LINE_BYTES:
                raise RejectedFileError(
                    [f"A line is longer than {_MAX_LINE_BYTES:,} bytes: expected a line per loan."]
                )
            yield start, end
            start = end


def _find_end(file: mmap, start: int) -> int:
    target = start + _BLOCK_BYTES
    if target >= len(file):
        return len(file)
    # One byte more than a line may have: a line of any length is not searched to its end.
    limit = min(len(file), start + _MAX_LINE_BYTES + 1)
    for line_end in (b"\n", b"\r"):
        offset = file.rfind(line_end, start, target)
        if offset >= 0:
            # A two-byte line end is not split.
            return offset + (2 if file[offset : offset + 2] == b"\r\n" else 1)
    found = (file.find(b"\n", target, limit), file.find(b"\r", target, limit))
    ends = [offset for offset in found if offset >= 0]
    return min(ends) + 1 if ends else limit


def cut_block(content: bytes, usual_bytes: int) -> Iterator[bytes]:
    """Cut a block after line feeds; only a part without one to cut after is longer than usual."""
    start = 0
    while len(content) - start > usual_bytes:
        usual_end = start + usual_bytes
        end = content.rfind(b"\n", start, usual_end) + 1 or content.find(b"\n", usual_end) + 1
        if not end:
            break
        yield content[start:end]
        start = end
    if start < len(content):
        yield content[start:]


def count_lines(content: bytes) -> int:
    """Count the lines of a block, including blank ones, for any line end."""
    # NumPy counts four times as fast as Python, and lets other threads run.
    ends = int(np.count_nonzero(np.frombuffer(content, np.uint8) == ord("\n")))
    if b"\r" in content:
        ends += content.count(b"\r") - content.count(b"\r\n")
    return ends if content.endswith((b"\n", b"\r")) else ends + 1


def get_last_line(content: bytes) -> bytes:
    """Get the last line of a block that is not blank."""
    end = len(content)
    while end and content[end - 1] in b"\r\n":
        end -= 1
    tail = content[max(0, content.rfind(b"\n", 0, end)) : end]
    return tail[max(tail.rfind(b"\n"), tail.rfind(b"\r")) + 1 :]


def has_unclosed_quote(line: bytes, delimiter: str) -> bool:
    """Check whether a line opens a quote that it does not close.

    Parameters
    ----------
    line : bytes
        Without its line end.
    delimiter : str
        The character between values.
    """
    return b'"' in line and not _compile_closed(delimiter.encode()).fullmatch(line)


@cache
def _compile_closed(delimiter: bytes) -> re.Pattern[bytes]:
    """Compile the pattern of a line that closes every quote; nothing in it is tried twice."""
    separator = re.escape(delimiter)
    rest = b"[^" + separator + b"]*+"
    value = b'(?:"(?:[^"]++|"")*+"' + rest + b'|(?!")' + rest + b")"
    return re.compile(value + b"(?:" + separator + value + b")*+")
