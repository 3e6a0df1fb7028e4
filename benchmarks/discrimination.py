"""The reference's model and ours on the same split: later loans of persons held out.

Run as ``python -m benchmarks.discrimination CSV RELEASE``; prints a line of JSON with both AUCs
and our calibration slope.
"""

import json
import sys
from datetime import date
from pathlib import Path

from sklearn.metrics import roc_auc_score

from benchmarks.datasets import read_dataset
from benchmarks.reference import recipe
from shared.release.features import STATUS
from shared.release.manifest import Manifest, load_manifest


def compare(csv: Path, manifest: Manifest) -> dict[str, float | int | None]:
    """Train the reference's recipe on our training loans, and test it on our test loans."""
    as_of = date.fromisoformat(manifest.as_of)
    dataset = read_dataset(csv, as_of, manifest.evaluation.split.outcome_lag_days)
    training = dataset.split.training | dataset.split.calibration
    forest = recipe.train(dataset.loans[training])
    unseen = dataset.loans[dataset.split.unseen]
    scores = forest.predict_proba(unseen[recipe.FEATURES].fillna(0))[:, 1]
    return {
        "reference": float(roc_auc_score(unseen[STATUS], scores)),
        "ours": manifest.metrics["roc_auc"],
        "slope": manifest.metrics["calibration_slope"],
    }


if __name__ == "__main__":
    release_manifest = load_manifest(Path(sys.argv[2]))
    print(json.dumps(compare(Path(sys.argv[1]), release_manifest)))
