"""Compare two releases user by user: membership, decisions, probabilities."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from shared.errors import BrokenReleaseError

NAMED = 10
"""The maximum number of user ids that a group lists."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of users.

    Attributes
    ----------
    users : int
        How many users are in the group.
    first : list of int
        The lowest ids of the group.
    """

    users: int
    first: list[int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changes for users from release A to release B.

    Attributes
    ----------
    only_in_a, only_in_b : Group
        Users in only one of the releases.
    in_both : int
        How many users are in both; the attributes below cover these.
    refused_in_b : Group
        Users whose decision changes from 0 to 1.
    accepted_in_b : Group
        Users whose decision changes from 1 to 0.
    mean_change, mean_absolute_change : float or None
        Change in the probability of default, B minus A; None if no user is in both.
    largest_change : float or None
        The change with the largest absolute value.
    largest_change_user : int or None
        The user it belongs to.
    """

    only_in_a: Group
    only_in_b: Group
    in_both: int
    refused_in_b: Group
    accepted_in_b: Group
    mean_change: float | None
    mean_absolute_change: float | None
    largest_change: float | None
    largest_change_user: int | None


class Change(NamedTuple):
    """What two releases say of a user; None where a release does not have the user."""

    user_id: int
    probability_a: float | None
    probability_b: float | None
    decision_a: int | None
    decision_b: int | None


# Without FULL JOIN, which SQLite has only since 3.39.
_CHANGES = """
SELECT user_id, a.probability, b.probability, a.decision, b.decision
FROM a.users AS a LEFT JOIN b.users AS b USING (user_id)
WHERE a.probability IS NOT b.probability OR a.decision IS NOT b.decision
UNION ALL
SELECT user_id, NULL, probability, NULL, decision
FROM b.users WHERE user_id NOT IN (SELECT user_id FROM a.users)
ORDER BY user_id
"""


def compare_tables(a: Path, b: Path) -> Comparison:
    """Compare the serving tables of two releases.

    Parameters
    ----------
    a, b : Path
        The files of the tables.

    Raises
    ------
    BrokenReleaseError
        When a file cannot be read as a serving table.
    """
    with _attach(a, b) as connection:
        return _compare(connection)


def list_changes(a: Path, b: Path) -> Iterator[Change]:
    """Yield every user whom two releases tell apart, by ascending id, without holding them all.

    Parameters
    ----------
    a, b : Path
        The files of the serving tables.

    Raises
    ------
    BrokenReleaseError
        When a file cannot be read as a serving table, or holds a text where a number belongs.
    """
    with _attach(a, b) as connection:
        for row in connection.execute(_CHANGES):
            if not all(value is None or isinstance(value, int | float) for value in row):
                raise BrokenReleaseError(
                    f"{a} and {b} must hold numbers, got {row!r}: train the releases again."
                )
            yield Change(*row)


@contextmanager
def _attach(a: Path, b: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", uri=True)
    try:
        for name, path in (("a", a), ("b", b)):
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            connection.execute(f"ATTACH ? AS {name}", (address,))
        yield connection
    except sqlite3.DatabaseError as error:
        raise BrokenReleaseError(
            f"{a} and {b} must be serving tables of releases, cannot read them: {error}."
        ) from error
    finally:
        connection.close()


def _compare(connection: sqlite3.Connection) -> Comparison:
    shared = "FROM a.users AS a JOIN b.users AS b USING (user_id)"
    change = "b.probability - a.probability"
    in_both, mean, mean_absolute = connection.execute(
        f"SELECT COUNT(*), AVG({change}), AVG(ABS({change})) {shared}"
    ).fetchone()
    user, largest = connection.execute(
        f"SELECT user_id, {change} AS change {shared} ORDER BY ABS(change) DESC, user_id LIMIT 1"
    ).fetchone() or (None, None)
    return Comparison(
        only_in_a=_group(connection, _only("a", "b")),
        only_in_b=_group(connection, _only("b", "a")),
        in_both=in_both,
        refused_in_b=_group(connection, f"{shared} WHERE a.decision = 0 AND b.decision = 1"),
        accepted_in_b=_group(connection, f"{shared} WHERE a.decision = 1 AND b.decision = 0"),
        mean_change=mean,
        mean_absolute_change=mean_absolute,
        largest_change=largest,
        largest_change_user=user,
    )


def _only(here: str, there: str) -> str:
    return f"FROM {here}.users WHERE user_id NOT IN (SELECT user_id FROM {there}.users)"


def _group(connection: sqlite3.Connection, found: str) -> Group:
    (users,) = connection.execute(f"SELECT COUNT(*) {found}").fetchone()
    first = connection.execute(f"SELECT user_id {found} ORDER BY user_id LIMIT {NAMED}").fetchall()
    return Group(users, [user for (user,) in first])
