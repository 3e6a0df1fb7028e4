"""The serving table, read by user id from many threads."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES
from shared.release.serving_table import ServingTable, UserRow, write_serving_table
from shared.release.user_index import MAX_USER_ID


def row(user: int, age: float | None = 40.0) -> tuple[object, ...]:
    return (user, 1.0, 100.1, age, None, 1.0, 0.0, 0.0, None, 1 / 3, 0, "2020-01-01", "[[2,0.5]]")


def test_a_row_is_read_back_bit_for_bit(tmp_path: Path) -> None:
    path = tmp_path / "users.sqlite"
    write_serving_table(path, [row(0), row(MAX_USER_ID, age=None)])

    with closing(ServingTable(path)) as table:
        first, last = table.find_user(0), table.find_user(MAX_USER_ID)

    assert first == UserRow(
        (1.0, 100.1, 40.0, None, 1.0, 0.0, 0.0, None), 1 / 3, 0, "2020-01-01", "[[2,0.5]]"
    )
    assert last
    assert last.features[2] is None


def test_a_part_of_a_row_is_what_the_whole_row_has(tmp_path: Path) -> None:
    write_serving_table(tmp_path / "users.sqlite", [row(1), row(2, age=None)])

    with closing(ServingTable(tmp_path / "users.sqlite")) as table:
        for user in (1, 2):
            whole = table.find_user(user)
            assert whole
            by_name = dict(zip(MODEL_FEATURES, whole.features, strict=True))
            assert table.find_shown(user) == tuple(map(by_name.get, REFERENCE_FEATURES))
            assert table.find_decision(user) == (whole.probability, whole.decision)


def test_a_table_without_users_has_none(tmp_path: Path) -> None:
    write_serving_table(tmp_path / "users.sqlite", [])

    with closing(ServingTable(tmp_path / "users.sqlite")) as table:
        assert table.find_shown(1) is None
        assert table.find_decision(1) is None


def test_an_unknown_user_is_none(tmp_path: Path) -> None:
    write_serving_table(tmp_path / "users.sqlite", [row(1)])

    with closing(ServingTable(tmp_path / "users.sqlite")) as table:
        assert table.find_user(2) is None
        assert table.find_shown(2) is None
        assert table.find_decision(2) is None


def test_a_user_has_at_most_one_row(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        write_serving_table(tmp_path / "users.sqlite", [row(1), row(1)])


def test_it_is_read_from_many_threads_at_once(tmp_path: Path) -> None:
    write_serving_table(tmp_path / "users.sqlite", [row(user, user) for user in range(500)])
    wrong: list[int] = []

    def read_all(table: ServingTable) -> None:
        for user in range(500):
            found = table.find_user(user)
            if found is None or found.features[2] != user:
                wrong.append(user)

    with closing(ServingTable(tmp_path / "users.sqlite")) as table:
        readers = [threading.Thread(target=read_all, args=(table,)) for _ in range(8)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()

    assert wrong == []


def test_reading_creates_no_file(tmp_path: Path) -> None:
    write_serving_table(tmp_path / "users.sqlite", [row(1)])

    with closing(ServingTable(tmp_path / "users.sqlite")) as table:
        table.find_user(1)
        assert [path.name for path in tmp_path.iterdir()] == ["users.sqlite"]
