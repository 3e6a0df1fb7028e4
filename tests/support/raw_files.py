"""Corrupt a raw file, and read the problems it is rejected with."""

from pathlib import Path

import pytest

from shared.errors import RejectedFileError
from tests.support.portfolios import AS_OF
from training.reading.raw_file import read_loans


def read_problems(path: Path) -> list[str]:
    """Read a file that must be rejected; return its problems."""
    with pytest.raises(RejectedFileError) as rejected:
        read_loans(path, AS_OF)
    return rejected.value.problems


def replace_once(path: Path, old: str, new: str) -> Path:
    """Replace the first occurrence of a text in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path
