"""Published scores must be the model's own."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import joblib
import pandas as pd
import pytest

from shared.errors import BrokenReleaseError
from shared.release.features import LOAN_DATE, MODEL_FEATURES, USER
from shared.release.files import MODEL, SCORER, SERVING_TABLE, USER_INDEX
from tests.support.paths import ROOT
from training.model.classifier import Classifier, predict_by_library
from training.model.decision import DecisionRule
from training.model.protocol import Floats
from training.model.tree_sums import TreeSums
from training.release.scoring import check_scores, write_scores

RULE = DecisionRule(20.0)


def tamper(release: Path, statement: str) -> None:
    with closing(sqlite3.connect(release / SERVING_TABLE)) as connection, connection:
        assert connection.execute(statement).rowcount == 1


@pytest.fixture
def copy(release: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(release, tmp_path / "copy"))


def test_every_score_of_a_sound_release_agrees(release: Path) -> None:
    assert check_scores(release, RULE) == 120


def test_without_trees_users_are_scored_again_in_the_same_order(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scored: list[int] = []

    def predict(model: Classifier, users: pd.DataFrame) -> Floats:
        assert TreeSums.find_in(model) is None
        scored.extend(users[USER])
        return predict_by_library(model, users)

    monkeypatch.setattr("training.release.scoring.predict_by_library", predict)

    check_scores(release, RULE)

    assert len(scored) == 120
    assert scored == sorted(scored)


def test_the_model_file_predicts_the_served_class_of_every_user(release: Path) -> None:
    with closing(sqlite3.connect(release / SERVING_TABLE)) as connection:
        users = pd.read_sql_query("SELECT * FROM users", connection)

    model = joblib.load(release / MODEL)

    features = users[list(model.feature_names_in_)].astype(float)
    assert tuple(model.feature_names_in_) == MODEL_FEATURES
    assert model.predict(features).tolist() == users["decision"].tolist()
    assert set(users["decision"]) == {0, 1}


def test_the_documented_way_to_load_the_model_works_without_code_of_ours(release: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/model.md").read_text(), re.DOTALL)
    told = "import sys; print(model.predict(features[:1]), {'training', 'shared'} & {*sys.modules})"

    ran = subprocess.run(
        [sys.executable, "-I", "-c", f"{example}\n{told}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=release,
    )

    assert ran.stdout.strip() in {"[0] set()", "[1] set()"}


@pytest.mark.parametrize(
    "change",
    [
        "probability = probability + 1e-15",
        "decision = 1 - decision",
        "decision = decision + 0.5",
        "nb_previous_unpaid = 20, unpaid_rate = 1, age = 18",
        "probability = CAST(printf('%!.17g', probability) AS BLOB)",
        "decision = CAST(CAST(decision AS TEXT) AS BLOB)",
        "decision = 'abc'",
        "age = CAST(CAST(age AS TEXT) AS BLOB)",
        "age = 'abc'",
        "loan_date = CAST(loan_date AS BLOB)",
        "loan_date = CAST(x'ff' AS TEXT)",
        "reasons = CAST(x'ff' AS TEXT)",
        "reasons = CAST(CAST(reasons AS BLOB) || x'00ff' AS TEXT)",
    ],
)
def test_a_single_changed_row_is_rejected(copy: Path, change: str) -> None:
    tamper(copy, f"UPDATE users SET {change} WHERE user_id = 5000042")

    with pytest.raises(BrokenReleaseError, match="user 5000042"):
        check_scores(copy, RULE)


def test_a_refusal_says_both_decisions(copy: Path) -> None:
    tamper(copy, "UPDATE users SET decision = decision + 6 WHERE user_id = 5000042")

    told = r"user 5000042: published (0\.\d+) and decision ([67]), model \1 and decision ([01])\."
    with pytest.raises(BrokenReleaseError, match=told) as refused:
        check_scores(copy, RULE)

    _, published, expected = re.findall(told, str(refused.value))[0]
    assert int(published) == int(expected) + 6


def test_a_user_without_the_date_of_a_loan_is_not_written(release: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(release / SERVING_TABLE)) as connection:
        users = pd.read_sql_query("SELECT * FROM users", connection, parse_dates=[LOAN_DATE])
    scored = users.rename(columns={"user_id": USER})
    scored.loc[scored[USER] == 5000042, LOAN_DATE] = pd.NaT

    with pytest.raises(BrokenReleaseError, match="1 have none, first user 5000042"):
        write_scores(tmp_path / SERVING_TABLE, scored)

    assert not (tmp_path / SERVING_TABLE).exists()


def test_a_scorer_that_differs_from_the_model_is_rejected(copy: Path) -> None:
    scorer = json.loads((copy / SCORER).read_text())
    scorer["baseline"] += 1e-6
    (copy / SCORER).write_text(json.dumps(scorer))

    with pytest.raises(BrokenReleaseError, match="must be the scorer's own; 120 are not"):
        check_scores(copy, RULE)


def test_an_index_that_differs_from_the_table_in_one_bit_is_rejected(copy: Path) -> None:
    path = copy / USER_INDEX
    content = bytearray(path.read_bytes())
    # The last user's probability: eight bytes before the byte of the decision.
    content[-9] ^= 1
    path.write_bytes(content)

    with pytest.raises(BrokenReleaseError, match="Every row of the index must be the table's; 1 "):
        check_scores(copy, RULE)


def test_a_damaged_table_is_rejected(copy: Path) -> None:
    (copy / SERVING_TABLE).write_bytes(b"not a table" * 100)

    with pytest.raises(BrokenReleaseError, match="cannot be read"):
        check_scores(copy, RULE)
