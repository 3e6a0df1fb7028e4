"""Every row of a large serving table is looked at, the last one too."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shared.errors import BrokenReleaseError
from shared.release.features import MODEL_FEATURES
from shared.release.serving_table import ServingTable, write_serving_table
from training.release.row_types import check_row_types

N_USERS = 45_000


def make_table(path: Path, n_users: int) -> Path:
    numbers = (*[None] * len(MODEL_FEATURES), 0.1, 0)
    write_serving_table(path, [(user, *numbers, "2020-01-01", "[]") for user in range(n_users)])
    return path


@pytest.mark.parametrize("n_users", [0, 1, N_USERS])
def test_a_sound_table_passes(tmp_path: Path, n_users: int) -> None:
    with closing(ServingTable(make_table(tmp_path / "users.sqlite", n_users))) as table:
        check_row_types(table)


@pytest.mark.parametrize("user", [0, 19_999, 20_000, N_USERS - 1])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("decision = 'no'", "decision is text, not integer"),
        ("age = x'00'", "age is blob, not real or null"),
        ("reasons = CAST(x'ff' AS TEXT)", "a text is not UTF-8"),
    ],
)
def test_one_row_is_found_wherever_it_is(tmp_path: Path, user: int, change: str, told: str) -> None:
    path = make_table(tmp_path / "users.sqlite", N_USERS)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE users SET {change} WHERE user_id = ?", (user,))

    with (
        closing(ServingTable(path)) as table,
        pytest.raises(BrokenReleaseError, match=f"1 do not, first user {user}: {told}"),
    ):
        check_row_types(table)
