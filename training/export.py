"""Export the fitted model as a scorer that needs no scikit-learn."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from shared.feature_names import MODEL_FEATURES

_LEAF = -1


def write_scorer(path: Path, model: Any) -> None:
    """Write a model's trees as `shared.scorer.Scorer` reads them.

    Parameters
    ----------
    path : Path
        The file to write.
    model : sklearn.ensemble.HistGradientBoostingClassifier
        Fitted, for two classes.

    Notes
    -----
    scikit-learn has no public access to these trees. The version is pinned, and every release is
    only complete when the written scorer scores as the written model does.
    """
    document = {
        "features": list(MODEL_FEATURES),
        "baseline": float(model._baseline_prediction.item()),
        "trees": [_describe_tree(trees[0].nodes) for trees in model._predictors],
    }
    path.write_text(json.dumps(document, separators=(",", ":")))


def _describe_tree(nodes: Any) -> dict[str, list[Any]]:
    leaf = nodes["is_leaf"].astype(bool)
    # A split that only parts the missing ones from the rest has an infinite threshold, which
    # JSON has not.
    threshold = np.minimum(nodes["num_threshold"], sys.float_info.max)
    return {
        "feature": np.where(leaf, _LEAF, nodes["feature_idx"]).tolist(),
        "threshold": np.where(leaf, 0.0, threshold).tolist(),
        "missing_left": nodes["missing_go_to_left"].astype(bool).tolist(),
        "left": nodes["left"].tolist(),
        "right": nodes["right"].tolist(),
        "value": np.where(leaf, nodes["value"], 0.0).tolist(),
    }
