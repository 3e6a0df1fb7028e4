"""What many users and the first what-if cost a serving process."""

import json
import shutil
from collections.abc import Iterator
from math import log
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, at_most_times, less_is_better
from benchmarks.processes import run_module
from benchmarks.serving import Served
from shared.release.features import MODEL_FEATURES
from shared.release.manifest import MANIFEST, SERVING_TABLE, file_sha256
from shared.release.serving_table import write_serving_table

SMALL, LARGE, LARGEST = 36_457, 1_000_000, 10_000_000
READY_BAR_SECONDS = 3.0
MEMORY_BAR_MB = 300.0
BESIDE_BAR = 3.0
ROUNDS = 3


def measure_scale(folder: Path) -> list[Figure]:
    """Serve from tables of more and more users, each in a fresh process.

    A lookup may grow with the logarithm of the users. The machine is noisy: of each table, the
    quickest process is told.
    """
    told = {n_users: _serve_from(folder, n_users) for n_users in (SMALL, LARGE, LARGEST)}
    return [
        at_most_times(
            f"lookup among {LARGE:,} users against {SMALL:,}, p50",
            told[SMALL]["p50"],
            told[LARGE]["p50"],
            "µs",
            log(LARGE) / log(SMALL),
        ),
        at_most_times(
            f"lookup among {LARGEST:,} users against {SMALL:,}, p50",
            told[SMALL]["p50"],
            told[LARGEST]["p50"],
            "µs",
            log(LARGEST) / log(SMALL),
        ),
        at_most_times(
            f"memory of {LARGEST:,} users against {MEMORY_BAR_MB:.0f} MiB",
            MEMORY_BAR_MB,
            told[LARGEST]["peak_mb"],
            "MiB",
            1.0,
        ),
        at_most_times(
            f"file of {LARGEST:,} users on disk to first answer, against {READY_BAR_SECONDS:.0f} s",
            READY_BAR_SECONDS,
            told[LARGEST]["ready_seconds"],
            "s",
            1.0,
        ),
    ]


def _serve_from(folder: Path, n_users: int) -> dict[str, Any]:
    release = folder / f"users-{n_users}"
    shutil.rmtree(release, ignore_errors=True)
    release.mkdir(parents=True)
    table = release / SERVING_TABLE
    write_serving_table(table, _make_rows(n_users))
    manifest = {
        "version": "scale",
        "as_of": "2022-03-08",
        "decision": {"threshold": 0.05},
        "files": {SERVING_TABLE: {"sha256": file_sha256(table), "bytes": table.stat().st_size}},
    }
    (release / MANIFEST).write_text(json.dumps(manifest))
    rounds = [run_module("benchmarks.table_scale", release, n_users).told for _ in range(ROUNDS)]
    shutil.rmtree(release)
    return min(rounds, key=lambda told: float(told["p50"]))


def _make_rows(n_users: int) -> Iterator[tuple[object, ...]]:
    features = tuple(10.5 + place for place in range(len(MODEL_FEATURES)))
    for user in range(n_users):
        yield (user, *features, 0.0136, 0, "2020-12-22", "[]")


def compare_first_what_if(served: Served) -> list[Figure]:
    """Compare keyed reads while first what-ifs load the scorer, or would load the model."""
    scorer, joblib = (
        run_module("benchmarks.first_what_if", way, served.users[0], settings=served.settings).told
        for way in ("scorer", "joblib")
    )
    return [
        at_most_times(
            f"{scorer['reads']:,} keyed reads beside loads, {percentile}, against as many alone",
            scorer["alone"][percentile],
            scorer["beside"][percentile],
            "µs",
            bar,
        )
        for percentile, bar in (("p50", None), ("p99", BESIDE_BAR))
    ] + [
        less_is_better(
            "keyed reads beside it, p99, against loading the joblib file",
            joblib["beside"]["p99"],
            scorer["beside"]["p99"],
            "µs",
        ),
        less_is_better(
            "until the applicant is scored, reads beside it, against the joblib file",
            joblib["load_seconds"],
            scorer["load_seconds"],
            "s",
        ),
        less_is_better(
            "memory of the process, against the joblib file",
            joblib["peak_mb"],
            scorer["peak_mb"],
            "MiB",
        ),
    ]
