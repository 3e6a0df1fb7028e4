"""The cost of many users and of the first what-if in a serving process."""

import shutil
from collections.abc import Iterator
from math import log
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from benchmarks.comparisons import Comparison, at_most_times, less_is_better
from benchmarks.processes import run_module
from benchmarks.serving import Served
from shared.release.features import MODEL_FEATURES
from shared.release.manifest import MANIFEST, SERVING_TABLE, FileFacts, file_sha256, load_manifest
from shared.release.serving_table import write_serving_table

SMALL, LARGE, LARGEST = 36_457, 1_000_000, 10_000_000
MAX_READY_SECONDS = 3.0
MAX_MEMORY_MB = 300.0
DURING_TARGET = 3.0
ROUNDS = 3


def measure_scale(folder: Path) -> list[Comparison]:
    """Serve from tables of increasing size, each in a fresh process.

    Lookup times may grow with the logarithm of the users. As the machine is noisy, the fastest
    process of each table counts.
    """
    measured = {n_users: _serve_from(folder, n_users) for n_users in (SMALL, LARGE, LARGEST)}
    return [
        at_most_times(
            f"lookup among {LARGE:,} users against {SMALL:,}, p50",
            measured[SMALL]["p50"],
            measured[LARGE]["p50"],
            "µs",
            log(LARGE) / log(SMALL),
        ),
        at_most_times(
            f"lookup among {LARGEST:,} users against {SMALL:,}, p50",
            measured[SMALL]["p50"],
            measured[LARGEST]["p50"],
            "µs",
            log(LARGEST) / log(SMALL),
        ),
        at_most_times(
            f"memory of {LARGEST:,} users against {MAX_MEMORY_MB:.0f} MiB",
            MAX_MEMORY_MB,
            measured[LARGEST]["peak_mb"],
            "MiB",
            1.0,
        ),
        at_most_times(
            f"file of {LARGEST:,} users on disk to first answer, against {MAX_READY_SECONDS:.0f} s",
            MAX_READY_SECONDS,
            measured[LARGEST]["ready_seconds"],
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
    files = {SERVING_TABLE: FileFacts(file_sha256(table), table.stat().st_size)}
    manifest = replace(load_manifest(folder / "release"), version="scale", files=files)
    (release / MANIFEST).write_bytes(manifest.to_json())
    rounds = [run_module("benchmarks.table_scale", release, n_users).output for _ in range(ROUNDS)]
    shutil.rmtree(release)
    return min(rounds, key=lambda output: float(output["p50"]))


def _make_rows(n_users: int) -> Iterator[tuple[object, ...]]:
    features = tuple(10.5 + index for index in range(len(MODEL_FEATURES)))
    for user in range(n_users):
        yield (user, *features, 0.0136, 0, "2020-12-22", "[]")


def compare_first_what_if(served: Served) -> list[Comparison]:
    """Compare lookups during first what-ifs that load the scorer with ones that load the model."""
    scorer, joblib = (
        run_module(
            "benchmarks.first_what_if", loader, served.users[0], settings=served.settings
        ).output
        for loader in ("scorer", "joblib")
    )
    return [
        at_most_times(
            f"{scorer['lookups']:,} lookups during loads, {percentile}, against as many alone",
            scorer["alone"][percentile],
            scorer["during"][percentile],
            "µs",
            target,
        )
        for percentile, target in (("p50", None), ("p99", DURING_TARGET))
    ] + [
        less_is_better(
            "lookups during the load, p99, against loading the joblib file",
            joblib["during"]["p99"],
            scorer["during"]["p99"],
            "µs",
        ),
        less_is_better(
            "time until the applicant is scored, with lookups, against the joblib file",
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
