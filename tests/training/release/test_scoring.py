"""Published scores must be the model's own."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shared.errors import BrokenReleaseError
from shared.release.manifest import SCORER, SERVING_TABLE
from training.model.decision import DecisionRule
from training.release.scoring import check_scores

RULE = DecisionRule(20.0)


def tamper(release: Path, statement: str) -> None:
    with closing(sqlite3.connect(release / SERVING_TABLE)) as connection, connection:
        assert connection.execute(statement).rowcount == 1


@pytest.fixture
def copy(release: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(release, tmp_path / "copy"))


def test_every_score_of_a_sound_release_agrees(release: Path) -> None:
    assert check_scores(release, RULE) == 120


@pytest.mark.parametrize(
    "change",
    [
        "probability = probability + 1e-15",
        "decision = 1 - decision",
        "nb_previous_unpaid = 20, unpaid_rate = 1, age = 18",
    ],
)
def test_a_single_changed_row_is_rejected(copy: Path, change: str) -> None:
    tamper(copy, f"UPDATE users SET {change} WHERE user_id = 5000042")

    with pytest.raises(BrokenReleaseError, match="user 5000042"):
        check_scores(copy, RULE)


def test_a_scorer_that_differs_from_the_model_is_rejected(copy: Path) -> None:
    scorer = json.loads((copy / SCORER).read_text())
    scorer["baseline"] += 1e-6
    (copy / SCORER).write_text(json.dumps(scorer))

    with pytest.raises(BrokenReleaseError, match="must be the scorer's own; 120 are not"):
        check_scores(copy, RULE)


def test_a_damaged_table_is_rejected(copy: Path) -> None:
    (copy / SERVING_TABLE).write_bytes(b"not a table" * 100)

    with pytest.raises(BrokenReleaseError, match="cannot be read"):
        check_scores(copy, RULE)
