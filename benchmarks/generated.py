"""How much the generated loans tell of the next one, persons kept apart.

Run as ``python -m benchmarks.generated CSV``; prints a line of JSON with the AUC of the reference's
five features, and of those with the applicant's own record.
"""

import json
import sys
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES, STATUS
from training.dataset.dataset import Dataset
from training.model.boosted_trees import make_trees
from training.reading.raw_file import read_loans

AS_OF = date(2022, 3, 8)
LEAST_LAG_DAYS = 1
"""As the original's figures count: all loans of earlier days."""

FOLDS = 3


def measure(csv: Path) -> dict[str, float]:
    """Cross-validate trees by person on all loans of a file."""
    raw = read_loans(csv, AS_OF).loans.to_pandas(date_as_object=False)
    portfolio = Dataset.describe(raw, AS_OF, LEAST_LAG_DAYS)
    status = portfolio.loans[STATUS].to_numpy(np.int64)
    told = {}
    for name, features in (("features", REFERENCE_FEATURES), ("record", MODEL_FEATURES)):
        scores = cross_val_predict(
            make_trees(features),
            portfolio.loans[list(features)],
            status,
            groups=portfolio.persons,
            cv=StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0),
            method="predict_proba",
        )
        told[name] = float(roc_auc_score(status, scores[:, 1]))
    return told


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
