"""Predictions added up a tree at a time, against scikit-learn's own."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier

from shared.release.facts import CalibrationLine
from shared.release.features import MODEL_FEATURES, STATUS
from training.model import tree_sums
from training.model.baseline import fit_logistic_regression
from training.model.calibration import calibrate
from training.model.classifier import predict_at, predict_by_library, predict_default
from training.model.decision import DecisionRule
from training.model.selection import predict_log_odds
from training.model.tree_sums import TreeSums, find_cells

MODEL_COLUMNS = list(MODEL_FEATURES)
DEPTHS = [4, 31]


def draw_loans(seed: int, n_loans: int = 20_000) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({name: draw.normal(size=n_loans).round(2) for name in MODEL_FEATURES})
    frame.loc[::3, "age"] = np.nan
    # Only whether there is a value tells anything: a split whose threshold is infinite.
    frame["years_on_the_job"] = np.where(draw.random(n_loans) < 0.3, np.nan, 1.0)
    risk = frame["age"].fillna(1) + 2 * frame["years_on_the_job"].isna() + frame[MODEL_COLUMNS[2]]
    return frame.assign(**{STATUS: (risk > 1 + draw.normal(size=n_loans)).astype(float)})


LOANS = draw_loans(0)
OTHERS = draw_loans(1, n_loans=40_000)


def grow(max_leaf_nodes: int) -> Any:
    trees = HistGradientBoostingClassifier(max_leaf_nodes=max_leaf_nodes, max_iter=40)
    return trees.fit(LOANS[MODEL_COLUMNS], LOANS[STATUS].astype(int))


def fit(max_leaf_nodes: int) -> Any:
    return calibrate(
        grow(max_leaf_nodes), CalibrationLine(0.9, -0.2), LOANS[[*MODEL_COLUMNS, STATUS]]
    )


@pytest.mark.parametrize("max_leaf_nodes", DEPTHS)
def test_probabilities_are_the_librarys_to_the_last_bit(max_leaf_nodes: int) -> None:
    model = fit(max_leaf_nodes)

    assert TreeSums.find_in(model) is not None
    expected = model.predict_proba(OTHERS[MODEL_COLUMNS])[:, 1]
    assert predict_default(model, OTHERS).tolist() == expected.tolist()
    assert predict_by_library(model, OTHERS).tolist() == expected.tolist()


def test_a_threshold_on_top_changes_no_probability() -> None:
    model = fit(4)
    deciding = DecisionRule(20.0).attach_to(model)

    assert TreeSums.find_in(deciding) == TreeSums.find_in(model)
    assert predict_default(deciding, OTHERS).tolist() == predict_default(model, OTHERS).tolist()


@pytest.mark.parametrize("max_leaf_nodes", DEPTHS)
def test_log_odds_are_the_librarys_to_the_last_bit(max_leaf_nodes: int) -> None:
    trees = grow(max_leaf_nodes)

    expected = trees.decision_function(OTHERS[MODEL_COLUMNS])
    assert predict_log_odds(trees, OTHERS).tolist() == expected.tolist()


@pytest.mark.parametrize("name", ["age", "years_on_the_job", MODEL_COLUMNS[2], MODEL_COLUMNS[-1]])
def test_at_other_values_of_a_feature_probabilities_are_the_librarys_too(name: str) -> None:
    model, rows = fit(31), OTHERS.head(700)
    values = [-1.5, 0.0, 1.0, 1.01, np.nan]

    predicted = predict_at(model, rows, name, values)

    assert predicted.shape == (5, 700)
    for value, row in zip(values, predicted, strict=True):
        changed = rows[MODEL_COLUMNS].assign(**{name: value})
        assert row.tolist() == model.predict_proba(changed)[:, 1].tolist()


def test_a_line_is_left_to_the_library() -> None:
    line = fit_logistic_regression(LOANS)
    model: Any = calibrate(line, CalibrationLine(1.1, 0.1), LOANS[[*MODEL_COLUMNS, STATUS]])
    rows = OTHERS.head(500)

    for one in (line, model):
        assert TreeSums.find_in(one) is None
        expected = one.predict_proba(rows[MODEL_COLUMNS])[:, 1]
        assert predict_default(one, rows).tolist() == expected.tolist()
        set_to_two = one.predict_proba(rows[MODEL_COLUMNS].assign(age=2.0))[:, 1]
        at_two = predict_at(one, rows, "age", [1.0, 2.0])[1]
        assert at_two == pytest.approx(set_to_two, rel=1e-12)


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_trees_calibrated_in_another_way_are_left_to_the_library(method: str) -> None:
    trees = HistGradientBoostingClassifier(max_iter=5)
    model = CalibratedClassifierCV(trees, method=method, cv=2)
    model.fit(LOANS[MODEL_COLUMNS], LOANS[STATUS].astype(int))

    assert TreeSums.find_in(model) is None
    expected = model.predict_proba(OTHERS[MODEL_COLUMNS])[:, 1]
    assert predict_default(model, OTHERS).tolist() == expected.tolist()


def test_trees_that_split_categories_are_left_to_the_library() -> None:
    whole = LOANS.assign(**{MODEL_COLUMNS[2]: (LOANS[MODEL_COLUMNS[2]] > 0).astype(float)})
    trees = HistGradientBoostingClassifier(max_iter=5, categorical_features=[MODEL_COLUMNS[2]])
    trees.fit(whole[MODEL_COLUMNS], whole[STATUS].astype(int))

    model = calibrate(trees, CalibrationLine(1.0, 0.0), whole[[*MODEL_COLUMNS, STATUS]])

    assert TreeSums.find_in(model) is None


def test_no_rows_have_no_probabilities() -> None:
    assert predict_default(fit(4), OTHERS.head(0)).tolist() == []


def test_rows_in_a_cell_are_scored_alike_and_a_line_tells_all_rows_apart() -> None:
    model, line = fit(4), fit_logistic_regression(LOANS)

    cells = find_cells(model, OTHERS)

    probabilities = predict_by_library(model, OTHERS)
    assert len(cells.first) < len(OTHERS) / 2
    assert probabilities[cells.first][cells.cell].tolist() == probabilities.tolist()
    assert len(find_cells(line, OTHERS).first) == len(OTHERS)


def test_more_rows_than_are_sorted_at_a_time_have_the_same_probabilities(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = fit(4)
    at_once = predict_default(model, OTHERS)

    monkeypatch.setattr(tree_sums, "_ROWS_AT_A_TIME", 17_000)
    monkeypatch.setattr(tree_sums, "_CELLS_AT_A_TIME", 50)

    assert predict_default(model, OTHERS).tolist() == at_once.tolist()
