"""The changes between two releases as CSV, as typed in a terminal."""

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shared.release.files import SERVING_TABLE
from tests.support.stored_releases import variant
from training.__main__ import main


@pytest.fixture
def changed(release: Path, tmp_path: Path) -> Path:
    """Return a copy of the release with one decision changed and one user less."""
    copy = variant(release, tmp_path, "changed", "")
    with closing(sqlite3.connect(copy / SERVING_TABLE)) as table, table:
        table.execute("UPDATE users SET probability = 0.75, decision = 1 WHERE user_id = 5000042")
        table.execute("DELETE FROM users WHERE user_id = 5000001")
    return copy


def test_every_changed_user_is_written_with_both_probabilities_and_decisions(
    release: Path, changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "changes.csv"

    assert main(["compare", str(release), str(changed), "--csv", str(out)]) == 0

    with out.open(newline="", encoding="utf-8") as file:
        gone, moved = csv.DictReader(file)
    assert list(moved) == [
        "user_id",
        "probability_a",
        "probability_b",
        "decision_a",
        "decision_b",
    ]
    assert (gone["user_id"], gone["probability_b"], gone["decision_b"]) == ("5000001", "", "")
    assert (moved["user_id"], moved["probability_b"], moved["decision_b"]) == (
        "5000042",
        "0.75",
        "1",
    )
    assert f"2 users are in {out}." in capsys.readouterr().out


def test_a_table_that_holds_a_formula_leaves_no_file(
    release: Path, changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(changed / SERVING_TABLE)) as table, table:
        table.execute("UPDATE users SET probability = '=1+1' WHERE user_id = 5000050")
    out = tmp_path / "changes.csv"

    assert main(["compare", str(release), str(changed), "--csv", str(out)]) == 2

    assert "must hold numbers" in capsys.readouterr().err
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("changes.csv")]


def test_a_file_that_cannot_be_written_is_reported(
    release: Path, changed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "nowhere" / "changes.csv"

    assert main(["compare", str(release), str(changed), "--csv", str(out)]) == 2

    assert "nowhere" in capsys.readouterr().err
