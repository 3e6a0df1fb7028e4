"""How well the generated loans predict the next one, with persons kept apart.

Run as ``python -m benchmarks.generated CSV``; prints a line of JSON with the AUC of the reference's
five features, and of those together with the applicant's payment history.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from benchmarks.datasets import read_dataset
from benchmarks.generated_file import AS_OF
from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES, STATUS
from training.model.boosted_trees import make_trees

MIN_LAG_DAYS = 1
"""As in the original's figures: the outcomes of all loans of earlier days are known."""

FOLDS = 3


def measure(csv: Path) -> dict[str, float]:
    """Cross-validate trees by person on all loans of a file."""
    dataset = read_dataset(csv, AS_OF, MIN_LAG_DAYS)
    status = dataset.loans[STATUS].to_numpy(np.int64)
    aucs = {}
    for name, features in (("features", REFERENCE_FEATURES), ("history", MODEL_FEATURES)):
        scores = cross_val_predict(
            make_trees(features),
            dataset.loans[list(features)],
            status,
            groups=dataset.persons,
            cv=StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0),
            method="predict_proba",
        )
        aucs[name] = float(roc_auc_score(status, scores[:, 1]))
    return aucs


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
