"""The leaves that rows fall into, against following every row down the library's nodes."""

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from training.model.protocol import Floats
from training.model.tree_nodes import find_values, nest_nodes

N_FEATURES = 3


def draw_rows(n_rows: int, seed: int) -> Floats:
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(n_rows, N_FEATURES)).round(1)
    rows[draw.random(rows.shape) < 0.2] = np.nan
    return rows


def grow(max_leaf_nodes: int) -> list[Any]:
    rows = draw_rows(2_000, seed=0)
    signal = np.nan_to_num(rows, nan=0.7).sum(axis=1) + np.isnan(rows[:, 0])
    trees = HistGradientBoostingClassifier(max_leaf_nodes=max_leaf_nodes, max_iter=8)
    trees.fit(rows, signal > 0.5)
    return [each[0].nodes for each in trees._predictors]


def follow(nodes: Any, row: Floats) -> float:
    node = nodes[0]
    while not node["is_leaf"]:
        value = row[node["feature_idx"]]
        missing = np.isnan(value)
        left = node["missing_go_to_left"] if missing else value <= node["num_threshold"]
        node = nodes[node["left"] if left else node["right"]]
    return float(node["value"])


@pytest.mark.parametrize("max_leaf_nodes", [2, 3, 4, 5, 6, 15])
def test_every_row_gets_the_value_of_its_leaf(max_leaf_nodes: int) -> None:
    rows = draw_rows(300, seed=1)
    columns = list(np.ascontiguousarray(rows.T))
    missing = [np.isnan(column) for column in columns]

    for nodes in grow(max_leaf_nodes):
        found = find_values(nest_nodes(nodes), columns, missing)

        assert np.asarray(found).tolist() == [follow(nodes, row) for row in rows]


def test_columns_of_other_shapes_are_broadcast() -> None:
    rows = draw_rows(50, seed=2)
    grid = np.array([[-1.0], [0.0], [np.nan]])
    columns = [rows[:, 0].copy(), grid, rows[:, 2].copy()]

    for nodes in grow(4):
        found = find_values(nest_nodes(nodes), columns, [np.isnan(one) for one in columns])

        every = np.broadcast_to(found, (3, 50))
        for value, values in zip(grid[:, 0], every, strict=True):
            changed = rows.copy()
            changed[:, 1] = value
            assert values.tolist() == [follow(nodes, row) for row in changed]
