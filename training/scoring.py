"""Score every user when the release is made, and check what was written."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from shared.errors import BrokenReleaseError
from shared.feature_names import LOAN_DATE, MODEL_FEATURES, USER
from shared.release import MODEL, SERVING_TABLE
from shared.serving_table import ServingTable, write_serving_table
from training.decision import DecisionRule
from training.model import predict_default

_SCORED_COLUMNS = [USER, *MODEL_FEATURES, "probability", "decision", LOAN_DATE]


def score_users(users: pd.DataFrame, model: Any, rule: DecisionRule) -> pd.DataFrame:
    """Add every user's probability of default and decision.

    Parameters
    ----------
    users : pandas.DataFrame of shape (n_users, n_columns)
        A row per user with the model's features. Not modified.
    model : fitted classifier
        From `training.model.fit_model`.
    rule : DecisionRule
        Turns probabilities into decisions.
    """
    probabilities = predict_default(model, users)
    return users.assign(probability=probabilities, decision=rule.decide(probabilities))


def write_scores(path: Path, scored: pd.DataFrame) -> None:
    """Write the serving table.

    Parameters
    ----------
    path : Path
        Where no file is yet.
    scored : pandas.DataFrame of shape (n_users, n_columns)
        From `score_users`.
    """
    write_serving_table(path, _rows(scored))


def _rows(scored: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    days = scored[LOAN_DATE].dt.strftime("%Y-%m-%d")
    table = scored.assign(**{LOAN_DATE: days})[_SCORED_COLUMNS]
    columns = [
        table[name].astype(object).where(table[name].notna(), None).tolist() for name in table
    ]
    return zip(*columns, strict=True)


def check_scores(release: Path, rule: DecisionRule) -> int:
    """Score every user anew from the finished files, and compare.

    Parameters
    ----------
    release : Path
        A directory with a finished serving table and model file.
    rule : DecisionRule
        The release's own.

    Returns
    -------
    int
        How many users agree: all of them.

    Raises
    ------
    BrokenReleaseError
        When one user's published score or decision is not the model's.
    """
    published = _read_scores(release / SERVING_TABLE)
    model = joblib.load(release / MODEL)
    probabilities = predict_default(model, published)
    differs = (probabilities != published["probability"].to_numpy()) | (
        rule.decide(probabilities) != published["decision"].to_numpy()
    )
    if differs.any():
        first = int(np.argmax(differs))
        row = published.iloc[first]
        raise BrokenReleaseError(
            f"The published scores must be the model's own; {int(differs.sum())} of"
            f" {len(published)} are not, first user {int(row[USER])}: published"
            f" {row['probability']!r} and decision {int(row['decision'])}, model"
            f" {probabilities[first]!r}. The release is dropped: train again."
        )
    return len(published)


def _read_scores(path: Path) -> pd.DataFrame:
    with closing(ServingTable(path)) as table:
        try:
            rows = list(table.all_rows())
        except sqlite3.DatabaseError as error:
            raise BrokenReleaseError(f"{path.name} cannot be read: {error}.") from error
    frame = pd.DataFrame(rows, columns=_SCORED_COLUMNS)
    return frame.astype(dict.fromkeys(MODEL_FEATURES, float))
