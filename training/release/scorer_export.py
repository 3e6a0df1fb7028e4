"""Export the fitted model as a scorer that needs no scikit-learn."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from shared.release.features import MODEL_FEATURES
from training.model.classifier import Classifier
from training.model.fitted_models import FittedTrees, take_apart
from training.model.scales import LOWEST

_LEAF = -1


def write_scorer(path: Path, model: Classifier) -> None:
    """Write a model's trees or terms as `shared.release.scorer.Scorer` reads them.

    Parameters
    ----------
    path : Path
        The file to write.
    model : Classifier
        From `training.model.boosted_trees.fit_model`.
    """
    fitted = take_apart(model)
    document: dict[str, Any] = {
        "features": list(MODEL_FEATURES),
        "baseline": fitted.baseline,
        "calibration": {"slope": fitted.slope, "intercept": fitted.intercept},
        "trees": [],
        "terms": [],
    }
    if isinstance(fitted, FittedTrees):
        document["trees"] = [_describe_tree(nodes) for nodes in fitted.trees]
    else:
        document["terms"] = [
            asdict(term) | {"lowest": LOWEST.get(term.scale)} for term in fitted.terms
        ]
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
        "count": nodes["count"].tolist(),
    }
