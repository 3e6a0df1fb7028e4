"""Score every user when the release is made, and check what was written."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from scipy.special import expit, logit

from shared.errors import BrokenReleaseError
from shared.release.drift import Distribution
from shared.release.facts import Histogram, Population
from shared.release.features import LOAN_DATE, MODEL_FEATURES, USER
from shared.release.files import MODEL, SCORER, SERVING_TABLE, USER_INDEX
from shared.release.scorer import Scorer
from shared.release.serving_table import ServingTable, write_serving_table
from training.evaluation.drift import describe_distribution
from training.model.classifier import Classifier, predict_by_library, predict_default
from training.model.decision import DecisionRule
from training.model.reasons import choose_reasons
from training.model.shapley import shapley_values
from training.model.tree_sums import TreeSums, find_cells
from training.release.index_file import check_user_index
from training.release.row_types import check_row_types

SCORER_CHECKS = 2_000
"""How many users, spread evenly, the scorer is compared with the model on."""

SCORER_TOLERANCE = 1e-12
"""Relative: the last bits of the exponential differ between libraries."""

_HISTOGRAM_BINS = 50
_SCORED_COLUMNS = [USER, *MODEL_FEATURES, "probability", "decision", LOAN_DATE, "reasons"]
_CHECKED = (*MODEL_FEATURES, "probability", "decision")
# The decision as a float: an integer would cut off what makes a damaged one differ.
_PUBLISHED = np.dtype([(USER, np.int64), *((name, np.float64) for name in _CHECKED)])


def score_users(users: pd.DataFrame, model: Classifier, rule: DecisionRule) -> pd.DataFrame:
    """Add every user's probability of default, decision and the reasons for it.

    Parameters
    ----------
    users : pandas.DataFrame of shape (n_users, n_columns)
        A row per user with the model's features. Not modified.
    model : Classifier
        From `training.model.boosted_trees.fit_model`.
    rule : DecisionRule
        Turns probabilities into decisions.
    """
    cells = find_cells(model, users)
    # Users whom the model cannot tell apart share their score and its reasons.
    alike = users.iloc[cells.first]
    probabilities = predict_default(model, alike)
    decisions = rule.decide(probabilities)
    reasons = choose_reasons(shapley_values(model, alike), decisions)
    return users.assign(
        probability=probabilities[cells.cell],
        decision=decisions[cells.cell],
        reasons=pd.Series(reasons, dtype=object).take(cells.cell).to_numpy(),
    )


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


def describe_population(scored: pd.DataFrame) -> Population:
    """Describe how the users' scores are spread, for whoever wants to place one among them.

    Parameters
    ----------
    scored : pandas.DataFrame of shape (n_users, n_columns)
        From `score_users`.

    Notes
    -----
    The histogram's bins are equally wide in log odds: on probabilities of rare events, most users
    would be in the first.
    """
    percentiles = np.percentile(scored["probability"], np.arange(101))
    log_odds = logit(scored["probability"].to_numpy(np.float64))
    counts, edges = np.histogram(log_odds, bins=_HISTOGRAM_BINS)
    return Population(
        histogram=Histogram(expit(edges).tolist(), counts.tolist()),
        predicted_default_share=float(scored["decision"].mean()),
        probability_percentiles=[float(value) for value in percentiles],
    )


def describe_distributions(scored: pd.DataFrame) -> dict[str, Distribution]:
    """Describe how the score and each feature are spread, for a later run to compare with."""
    return {
        name: describe_distribution(scored[name].to_numpy(np.float64))
        for name in ("probability", *MODEL_FEATURES)
    }


def _rows(scored: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    # SQLite has no NaN: it takes one for NULL.
    day, distinct = pd.factorize(scored[LOAN_DATE].to_numpy())
    undated = scored.loc[day < 0, USER].tolist()
    if undated:
        raise BrokenReleaseError(
            f"Every user must have the date of a loan; {len(undated)} have none, first user"
            f" {undated[0]}. Train again."
        )
    days = np.datetime_as_string(distinct, unit="D").astype(object)[day]
    columns = [days if name == LOAN_DATE else scored[name] for name in _SCORED_COLUMNS]
    return zip(*(column.tolist() for column in columns), strict=True)


def check_scores(release: Path, rule: DecisionRule) -> int:
    """Score the users anew from the finished files, and compare.

    Parameters
    ----------
    release : Path
        A directory with a finished serving table, model file and scorer.
    rule : DecisionRule
        The release's own.

    Returns
    -------
    int
        How many users agree: all of them.

    Raises
    ------
    BrokenReleaseError
        When a row holds values of other types than are written, the index differs from the table,
        one user's published score or decision is not the model's, or the scorer scores one of
        `SCORER_CHECKS` users in another way.
    """
    published = _read_scores(release / SERVING_TABLE)
    model = joblib.load(release / MODEL)
    # Users with like scores take like ways down the library's trees: one after the other is faster.
    # A product of matrices keeps the order in which the users were scored, by id: on some
    # processors its last bits depend on where in it a row stands.
    if TreeSums.find_in(model) is not None:
        published = published.sort_values("probability", kind="stable", ignore_index=True)
    # By the library: what adds up the trees for everyone else is checked here too.
    probabilities = predict_by_library(model, published)
    decisions = rule.decide(probabilities)
    differs = (probabilities != published["probability"].to_numpy()) | (
        decisions != published["decision"].to_numpy()
    )
    _refuse(published.assign(again=probabilities, decided=decisions)[differs], "model")
    _check_scorer(release, published, rule)
    check_user_index(release / USER_INDEX, published)
    return len(published)


def _check_scorer(release: Path, published: pd.DataFrame, rule: DecisionRule) -> None:
    scorer = Scorer.load(release / SCORER)
    chosen = published.iloc[:: max(1, len(published) // SCORER_CHECKS)]
    features = chosen[list(MODEL_FEATURES)].astype(object)
    rows = features.where(features.notna(), None).itertuples(index=False, name=None)
    again = np.array([scorer.predict_default(row) for row in rows])
    decisions = rule.decide(again)
    differs = ~np.isclose(again, chosen["probability"], rtol=SCORER_TOLERANCE, atol=0) | (
        decisions != chosen["decision"].to_numpy()
    )
    _refuse(chosen.assign(again=again, decided=decisions)[differs], "scorer")


def _refuse(differing: pd.DataFrame, scored_by: str) -> None:
    if differing.empty:
        return
    (row,) = differing.head(1).to_dict("records")
    raise BrokenReleaseError(
        f"Every published score must be the {scored_by}'s own; {len(differing)} are not, first"
        f" user {row[USER]}: published {row['probability']!r} and decision {row['decision']:g},"
        f" {scored_by} {row['again']!r} and decision {row['decided']}. Train again."
    )


def _read_scores(path: Path) -> pd.DataFrame:
    # Into an array at once: objects for every value would take longer than reading does.
    with closing(ServingTable(path)) as table:
        # The array takes text and bytes for numbers.
        check_row_types(table)
        return pd.DataFrame(np.fromiter(table.all_scores(), _PUBLISHED))
