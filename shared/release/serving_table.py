"""The serving table: one row per user in a SQLite file, written once, then read-only."""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from shared.errors import BrokenReleaseError
from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES

_COLUMNS = (*MODEL_FEATURES, "probability", "decision", "loan_date", "reasons")
_CREATE = f"""
CREATE TABLE users (
    user_id INTEGER PRIMARY KEY,
    {", ".join(f"{name} REAL" for name in MODEL_FEATURES)},
    probability REAL NOT NULL,
    decision INTEGER NOT NULL,
    loan_date TEXT NOT NULL,
    reasons TEXT NOT NULL
)
"""
_INSERT = f"INSERT INTO users VALUES ({', '.join('?' * (len(_COLUMNS) + 1))})"
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM users WHERE user_id = ?"
# Each column that is read costs as much as finding the row.
_SELECT_SHOWN = f"SELECT {', '.join(REFERENCE_FEATURES)} FROM users WHERE user_id = ?"
_SELECT_DECISION = "SELECT probability, decision FROM users WHERE user_id = ?"
_SELECT_SCORES = (
    f"SELECT user_id, {', '.join(MODEL_FEATURES)}, probability, decision"
    " FROM users ORDER BY user_id"
)
_SELECT_FIRST = f"SELECT user_id, {', '.join(_COLUMNS)} FROM users LIMIT 1"


class UserRow(Struct, frozen=True):
    """The served data of one user.

    Attributes
    ----------
    features : tuple of float or None
        In the order of `MODEL_FEATURES`; None if missing.
    probability : float
        Probability of default, between 0 and 1.
    decision : int
        0: paid on time, 1: not paid on time.
    loan_date : str
        Date of the user's most recent loan, YYYY-MM-DD.
    reasons : str
        Encoded for `shared.release.reasons.read_reasons`.
    """

    features: tuple[float | None, ...]
    probability: float
    decision: int
    loan_date: str
    reasons: str


def write_serving_table(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Write the table to a new file.

    Parameters
    ----------
    path : Path
        A path that does not exist yet.
    rows : iterable of sequences
        User id, the features in the order of `MODEL_FEATURES`, probability, decision, loan date,
        reasons; fastest in ascending order of user id.
    """
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        with connection:
            connection.execute(_CREATE)
            connection.executemany(_INSERT, rows)
    finally:
        connection.close()


class ServingTable:
    """The table of one release, open for reading from any thread.

    Raises
    ------
    BrokenReleaseError
        When the file is not a serving table.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        # Immutable: SQLite checks for no lock file, so a read touches only the pages it needs.
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        try:
            # SQLite opens the file on the first read: after that, the file may be unlinked.
            self._connection.execute(_SELECT_FIRST)
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise _unreadable(error) from error

    def find_user(self, user_id: int) -> UserRow | None:
        """Look up a user by id; None when the release does not contain the user.

        Raises
        ------
        BrokenReleaseError
            When the user's part of the file cannot be read.
        """
        row = self._select(_SELECT, user_id)
        if row is None:
            return None
        n = len(MODEL_FEATURES)
        return UserRow(row[:n], row[n], row[n + 1], row[n + 2], row[n + 3])

    def find_shown(self, user_id: int) -> Sequence[float | None] | None:
        """Look up `REFERENCE_FEATURES` alone, in their order; otherwise as `find_user`."""
        row: tuple[float | None, ...] | None = self._select(_SELECT_SHOWN, user_id)
        return row

    def find_decision(self, user_id: int) -> tuple[float, int] | None:
        """Look up probability and decision alone; otherwise as `find_user`."""
        row: tuple[float, int] | None = self._select(_SELECT_DECISION, user_id)
        return row

    def all_scores(self) -> Iterator[tuple[float | None, ...]]:
        """Iterate over user ids, features, probabilities and decisions; raises as `select` does."""
        return self.select(_SELECT_SCORES)

    def select(self, statement: str, *values: int) -> Iterator[tuple[Any, ...]]:
        """Iterate over what a statement selects; no other thread may be reading.

        Raises
        ------
        BrokenReleaseError
            When the file cannot be read.
        """
        try:
            yield from self._connection.execute(statement, values)
        except sqlite3.DatabaseError as error:
            raise _unreadable(error) from error

    def close(self) -> None:
        """Close the file; no thread may be reading."""
        self._connection.close()

    def _select(self, statement: str, user_id: int) -> Any:
        # Threads share the connection's prepared statements: without the lock, a thread
        # occasionally receives the row that another one requested.
        with self._lock:
            try:
                return self._connection.execute(statement, (user_id,)).fetchone()
            except sqlite3.DatabaseError as error:
                raise _unreadable(error) from error


def _unreadable(error: sqlite3.DatabaseError) -> BrokenReleaseError:
    return BrokenReleaseError(
        f"The serving table cannot be read: {error}. Publish the release again."
    )
