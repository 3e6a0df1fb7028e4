"""The least that a run does: import its libraries, and fit the model of a release once.

Run as ``python -m benchmarks.fit_floor CSV RELEASE``; prints a line of JSON with the seconds of
both. What lies between, reading and features, is not counted.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path

import training  # noqa: F401 -- sets the libraries' numbers of threads


def time_imports() -> float:
    """Import the libraries that a run needs; return the seconds."""
    begun = time.perf_counter()
    import joblib  # noqa: F401, PLC0415 -- the imports are what is measured
    import pandas as pd  # noqa: F401, PLC0415
    import pyarrow.csv  # noqa: F401, PLC0415
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: F401, PLC0415

    return time.perf_counter() - begun


def time_fit(csv: Path, release: Path) -> float:
    """Fit the release's model on the training loans of its file; return the seconds."""
    from benchmarks.datasets import read_dataset  # noqa: PLC0415 -- imports libraries
    from shared.release.manifest import load_manifest  # noqa: PLC0415
    from training.model.baseline import LOGISTIC_REGRESSION  # noqa: PLC0415
    from training.model.boosted_trees import CANDIDATES, TREES  # noqa: PLC0415

    manifest = load_manifest(release)
    split = manifest.evaluation.split
    dataset = read_dataset(csv, date.fromisoformat(manifest.as_of), split.outcome_lag_days)
    loans = dataset.take_examples(dataset.split.training)
    leaf_size = manifest.model.parameters.get("min_samples_leaf")
    name = next((one for one in TREES if one.endswith(f"_{leaf_size}")), LOGISTIC_REGRESSION)
    begun = time.perf_counter()
    CANDIDATES[name](loans)
    return time.perf_counter() - begun


if __name__ == "__main__":
    imports = time_imports()
    print(json.dumps({"imports": imports, "fit": time_fit(Path(sys.argv[1]), Path(sys.argv[2]))}))
