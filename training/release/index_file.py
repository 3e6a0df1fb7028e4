"""Write the index of users, and check what was written."""

import math
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from shared.errors import BrokenReleaseError
from shared.release.features import REFERENCE_FEATURES, USER
from shared.release.user_index import (
    INDEX_COLUMNS,
    INTEGERS,
    MISSING,
    IndexHeader,
    UserIndex,
)

LOOKED_UP = 2_000
"""How many users, spread evenly, are looked up as serving does."""

_WIDE = "d"


def write_user_index(path: Path, scored: pd.DataFrame) -> None:
    """Write what brief answers need of every user, for `shared.release.user_index` to read.

    Parameters
    ----------
    path : Path
        Overwritten.
    scored : pandas.DataFrame of shape (n_users, n_columns)
        From `training.release.scoring.score_users`: each user once.
    """
    ids = scored[USER].to_numpy(np.int64)
    order = np.argsort(ids)
    letters = {name: _narrowest(scored[name].to_numpy(np.float64)) for name in REFERENCE_FEATURES}
    letters |= {"probability": _WIDE, "decision": "b"}
    header = IndexHeader(
        users=len(ids),
        columns=INDEX_COLUMNS,
        ids="i" if _fits(ids, INTEGERS["i"]) else "q",
        row="<" + "".join(letters.values()),
    )
    rows = np.empty(len(ids), _row_type(header))
    # Column by column: of many users, no more is copied at once.
    for name, letter in letters.items():
        values = scored[name].to_numpy(np.float64)[order]
        rows[name] = np.where(np.isnan(values), MISSING[letter], values)
    with path.open("wb") as file:
        file.write(msgspec.json.encode(header) + b"\n")
        file.write(ids[order].astype(f"<{header.ids}").data)
        file.write(rows.data)


def check_user_index(path: Path, published: pd.DataFrame) -> None:
    """Hold every row of an index against the serving table, and look some of them up as well.

    Parameters
    ----------
    path : Path
        From `write_user_index`.
    published : pandas.DataFrame of shape (n_users, n_columns)
        What the table has.

    Raises
    ------
    BrokenReleaseError
        When they differ.
    """
    index, found, names = UserIndex(path), _read_whole(path), list(INDEX_COLUMNS)
    published = published[[USER, *names]].sort_values(USER, ignore_index=True)
    if not np.array_equal(found[USER], published[USER]):
        missing = len(set(published[USER]) - set(found[USER]))
        raise BrokenReleaseError(
            f"The index must hold the {len(published):,} users of the table; it holds"
            f" {len(found):,}, and {missing:,} of them are not there. Train again."
        )
    # As bits: a negative zero is told as one.
    expected = published[names].to_numpy(np.float64).view(np.int64)
    differs = (found[names].to_numpy(np.float64).view(np.int64) != expected).any(axis=1)
    differs |= ~_are_found(index, published)
    if differs.any():
        raise BrokenReleaseError(
            f"Every row of the index must be the table's; {differs.sum():,} are not, first user"
            f" {published.loc[differs, USER].iloc[0]}. Train again."
        )


def _are_found(index: UserIndex, published: pd.DataFrame) -> np.ndarray:
    """Return which users the index finds as the table has them: true where none was looked up."""
    agrees = np.ones(len(published), bool)
    step = max(1, len(published) // LOOKED_UP)
    columns = (published[name].to_numpy()[::step].tolist() for name in (USER, *INDEX_COLUMNS))
    agrees[::step] = [
        index.find_shown(user) == [None if math.isnan(number) else number for number in shown]
        and index.find_decision(user) == (probability, decision)
        for user, *shown, probability, decision in zip(*columns, strict=True)
    ]
    return agrees


def _read_whole(path: Path) -> pd.DataFrame:
    content = path.read_bytes()
    start = content.index(b"\n") + 1
    header = msgspec.json.decode(content[:start], type=IndexHeader)
    ids = np.frombuffer(content, f"<{header.ids}", header.users, start)
    rows = np.frombuffer(content, _row_type(header), header.users, start + ids.nbytes)
    found = {USER: ids.astype(np.int64)}
    for name, letter in zip(INDEX_COLUMNS, header.row[1:], strict=True):
        values = rows[name].astype(np.float64)
        found[name] = np.where(values == MISSING[letter], np.nan, values)
    return pd.DataFrame(found)


def _row_type(header: IndexHeader) -> np.dtype:
    return np.dtype(
        [(name, f"<{letter}") for name, letter in zip(INDEX_COLUMNS, header.row[1:], strict=True)]
    )


def _narrowest(values: np.ndarray) -> str:
    known = values[~np.isnan(values)]
    # A negative zero is no integer, and is told.
    if len(known) and ((known != np.trunc(known)) | (np.signbit(known) & (known == 0))).any():
        return _WIDE
    return next((letter for letter, bits in INTEGERS.items() if _fits(known, bits)), _WIDE)


def _fits(values: np.ndarray, bits: int) -> bool:
    """Return whether all values lie between what stands for a missing one and the largest."""
    limit = 2 ** (bits - 1)
    return not len(values) or bool(values.min() > -limit and values.max() < limit)
