"""Two releases compared user by user."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import BrokenReleaseError
from shared.release.comparison import (
    NAMED,
    Change,
    Comparison,
    Group,
    compare_tables,
    list_changes,
)
from shared.release.features import MODEL_FEATURES
from shared.release.serving_table import write_serving_table

Users = dict[int, tuple[float, int]]

FEATURES = [None] * len(MODEL_FEATURES)
USERS = st.dictionaries(
    st.integers(0, 30), st.tuples(st.sampled_from([0.0, 0.125, 0.5, 1.0]), st.integers(0, 1))
)


def write(path: Path, users: Users) -> Path:
    path.unlink(missing_ok=True)
    rows = [(user, *FEATURES, *users[user], "2020-01-01", "[]") for user in sorted(users)]
    write_serving_table(path, rows)
    return path


def test_changes_are_counted_and_their_users_listed(tmp_path: Path) -> None:
    a = write(tmp_path / "a", {1: (0.1, 0), 2: (0.9, 1), 3: (0.2, 0), 4: (0.3, 0)})
    b = write(tmp_path / "b", {2: (0.4, 0), 3: (0.5, 1), 4: (0.3, 0), 5: (0.1, 0), 6: (0.1, 0)})

    found = compare_tables(a, b)

    assert found.only_in_a == Group(1, [1])
    assert found.only_in_b == Group(2, [5, 6])
    assert found.in_both == 3
    assert found.refused_in_b == Group(1, [3])
    assert found.accepted_in_b == Group(1, [2])
    assert found.mean_change == pytest.approx(-0.2 / 3)
    assert found.mean_absolute_change == pytest.approx(0.8 / 3)
    assert found.largest_change == pytest.approx(-0.5)
    assert found.largest_change_user == 2


def test_without_common_users_there_is_no_change(tmp_path: Path) -> None:
    nobody, none = Group(0, []), (None, None, None, None)

    found = compare_tables(write(tmp_path / "a", {}), write(tmp_path / "b", {}))

    assert found == Comparison(nobody, nobody, 0, nobody, nobody, *none)


@given(first=USERS, second=USERS)
def test_it_agrees_with_a_comparison_of_dictionaries(
    tmp_path_factory: pytest.TempPathFactory, first: Users, second: Users
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    both = sorted(first.keys() & second.keys())
    change = {user: second[user][0] - first[user][0] for user in both}

    found = compare_tables(write(folder / "a", first), write(folder / "b", second))

    def group(users: list[int]) -> Group:
        return Group(len(users), sorted(users)[:NAMED])

    assert found.only_in_a == group([user for user in first if user not in second])
    assert found.only_in_b == group([user for user in second if user not in first])
    assert found.refused_in_b == group([u for u in both if (first[u][1], second[u][1]) == (0, 1)])
    assert found.accepted_in_b == group([u for u in both if (first[u][1], second[u][1]) == (1, 0)])
    assert found.in_both == len(both)
    if both:
        furthest = min(both, key=lambda user: (-abs(change[user]), user))
        assert found.largest_change_user == furthest
        assert found.largest_change == change[furthest]
        assert found.mean_change == pytest.approx(sum(change.values()) / len(both))


@given(first=USERS, second=USERS)
def test_every_user_whom_two_releases_tell_apart_is_listed(
    tmp_path_factory: pytest.TempPathFactory, first: Users, second: Users
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    nothing = (None, None)

    found = list(list_changes(write(folder / "a", first), write(folder / "b", second)))

    changed = [u for u in sorted(first | second) if first.get(u) != second.get(u)]
    told = [(first.get(u, nothing), second.get(u, nothing)) for u in changed]
    assert found == [
        Change(user, a[0], b[0], a[1], b[1]) for user, (a, b) in zip(changed, told, strict=True)
    ]


def test_a_text_in_the_place_of_a_number_is_refused(tmp_path: Path) -> None:
    a = write(tmp_path / "a", {1: (0.1, 0)})
    b = write(tmp_path / "b", {1: (0.2, 0)})
    with closing(sqlite3.connect(b)) as table, table:
        table.execute("UPDATE users SET probability = '=HYPERLINK(A1)'")

    with pytest.raises(BrokenReleaseError, match="must hold numbers"):
        list(list_changes(a, b))


def test_a_file_that_is_not_a_table_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"not a table at all")

    with pytest.raises(BrokenReleaseError, match="must be serving tables"):
        compare_tables(tmp_path / "a", write(tmp_path / "b", {}))
