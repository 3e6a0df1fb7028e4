"""A release of two users on disk, served without storage."""

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from msgspec.structs import replace

from serving.current_release import CurrentRelease
from serving.loaded_release import LoadedRelease
from serving.release_status import ReleaseStatus
from shared.release.facts import DecisionFacts
from shared.release.features import LOAN_DATE, MODEL_FEATURES, USER
from shared.release.files import SCORER as SCORER_FILE
from shared.release.files import SERVING_TABLE, USER_INDEX, FileFacts, file_sha256
from shared.release.serving_table import write_serving_table
from tests.support.release_facts import make_manifest
from training.release.index_file import write_user_index

ROWS = [
    (
        7,
        29.0,
        136.44686401351728,
        59.0,
        3.0,
        1.0,
        2.0,
        8.0,
        0.203,
        0.0136,
        0,
        "2020-12-22",
        "[[2,-0.9],[5,0.4]]",
    ),
    (8, 0.0, None, 40.0, None, 0.0, 0.0, 0.0, 0.015, 0.31, 1, "2020-01-01", "[[5,0.2]]"),
]
COLUMNS = [USER, *MODEL_FEATURES, "probability", "decision", LOAN_DATE, "reasons"]
SCORER = {
    "features": list(MODEL_FEATURES),
    "baseline": -1.0,
    "terms": [],
    "calibration": {"slope": 1.0, "intercept": 0.0},
    "trees": [
        {
            "feature": [2, -1, -1],
            "threshold": [40.0, 0.0, 0.0],
            "missing_left": [False, False, False],
            "left": [1, 0, 0],
            "right": [2, 0, 0],
            "value": [0.0, 1.0, -1.0],
            "count": [100, 25, 75],
        }
    ],
}


class FixedRelease(CurrentRelease):
    """Serve one release from disk."""

    def __init__(self, loaded: LoadedRelease) -> None:
        super().__init__()
        loaded.complete()
        loaded.load_scorer()
        self.serve(loaded)

    def status(self) -> ReleaseStatus:
        checked = datetime(2026, 1, 2, tzinfo=UTC)
        return ReleaseStatus("v1", "2022-03-08", checked, checked, 30.0, None, scorer_ready=True)


def load_fixed_release(folder: Path) -> FixedRelease:
    """Write the release to a folder, and load it."""
    write_serving_table(folder / SERVING_TABLE, ROWS)
    write_user_index(folder / USER_INDEX, pd.DataFrame(ROWS, columns=COLUMNS))
    (folder / SCORER_FILE).write_text(json.dumps(SCORER))
    files = {
        name: FileFacts(file_sha256(folder / name), (folder / name).stat().st_size)
        for name in (USER_INDEX, SERVING_TABLE, SCORER_FILE)
    }
    decision = DecisionFacts(0.25, 3.0, "its cost")
    manifest = replace(make_manifest(version="v1", decision=decision), files=files)
    return FixedRelease(LoadedRelease(lambda: manifest, lambda name, _: nullcontext(folder / name)))
