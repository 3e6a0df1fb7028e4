"""Keyed reads while the first what-if loads what it needs, in a fresh process.

Run as ``python -m benchmarks.first_what_if RELEASE_DIR WAY``, where WAY is `nothing`, `scorer`
(ours) or `joblib` (the model file with its libraries); prints a line of JSON.
"""

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from benchmarks.percentiles import describe_microseconds
from serving.current_release import CurrentRelease
from serving.exchange import Request
from serving.loaded_release import LoadedRelease
from serving.user_answers import UserAnswers
from shared.feature_names import MODEL_FEATURES
from shared.release import MODEL

READ_SECONDS = 4.0


class OneRelease(CurrentRelease):
    """Serves a release that lies on disk, without a storage account."""

    def __init__(self, loaded: LoadedRelease) -> None:
        super().__init__()
        self._loaded = loaded

    def get(self) -> LoadedRelease:
        """Give the release."""
        return self._loaded


def load_scorer(loaded: LoadedRelease, _: Path) -> None:
    """Load the exported scorer, and score one applicant."""
    loaded.scorer().predict_default([None] * len(MODEL_FEATURES))


def load_model(_: LoadedRelease, release: Path) -> None:
    """Load the model file, and score one applicant."""
    import joblib  # noqa: PLC0415 -- its cost is what is measured
    import pandas as pd  # noqa: PLC0415

    model = joblib.load(release / MODEL)
    applicant = pd.DataFrame([[None] * len(MODEL_FEATURES)], columns=list(MODEL_FEATURES))
    model.predict_proba(applicant.astype(float))


def load_nothing(_loaded: LoadedRelease, _release: Path) -> None:
    """Leave the reads to themselves."""


WAYS: dict[str, Callable[[LoadedRelease, Path], None]] = {
    "nothing": load_nothing,
    "scorer": load_scorer,
    "joblib": load_model,
}


def read_beside(release: Path, way: str, user: str) -> dict[str, float]:
    """Answer one user over and over while another thread loads.

    Returns
    -------
    dict
        `p50` and `p99` of the answers given meanwhile, in microseconds; `load_seconds` until the
        first applicant is scored; `peak_mb` of the process.
    """
    manifest = json.loads((release / "manifest.json").read_text())
    loaded = LoadedRelease(manifest, lambda name: nullcontext(release / name))
    users = UserAnswers(OneRelease(loaded))
    request = Request("GET", "prediccion", "", {"user_id": user})
    took: list[float] = []

    def load() -> None:
        begun = time.perf_counter()
        WAYS[way](loaded, release)
        took.append(time.perf_counter() - begun)

    loading = threading.Thread(target=load)
    deadline = time.perf_counter() + READ_SECONDS
    seconds = []
    loading.start()
    while time.perf_counter() < deadline:
        begun = time.perf_counter()
        users.prediction(request)
        seconds.append(time.perf_counter() - begun)
        # A request now and then, as clients send them: what counts is how long one waits.
        time.sleep(0.0005)
    loading.join()
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        **describe_microseconds(seconds),
        "load_seconds": took[0],
        "peak_mb": peak_kb / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(read_beside(Path(sys.argv[1]), sys.argv[2], sys.argv[3])), flush=True)
    os._exit(0)
