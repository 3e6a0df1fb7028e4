"""The cost of many users in a serving process."""

from collections.abc import Iterator
from functools import partial
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from msgspec.structs import replace

from benchmarks.comparisons import Comparison, at_most_times
from benchmarks.inputs import Inputs
from benchmarks.processes import run_module
from benchmarks.rounds import interleave
from shared.release.features import MODEL_FEATURES, REFERENCE_FEATURES, USER
from shared.release.files import MANIFEST, SERVING_TABLE, USER_INDEX, FileFacts, file_sha256
from shared.release.manifest import Manifest, load_manifest
from shared.release.serving_table import write_serving_table
from training.release.index_file import write_user_index

SMALL, LARGE, LARGEST = 36_457, 1_000_000, 10_000_000
MAX_READY_SECONDS = 3.0
MAX_MEMORY_MB = 300.0
ROUNDS = 5


def measure_scale(inputs: Inputs) -> list[Comparison]:
    """Serve from tables of increasing size in turn, each in a fresh process.

    Lookup times may grow with the logarithm of the users.
    """
    manifest = load_manifest(inputs.release)
    processes = {}
    for n_users in (SMALL, LARGE, LARGEST):
        release = inputs.new_folder(f"users-{n_users}")
        _write_release(release, manifest, n_users)
        processes[n_users] = partial(run_module, "benchmarks.table_scale", release, n_users)
    taken = interleave(processes, ROUNDS, warm_up=True)
    measured = {n_users: [run.output for run in runs] for n_users, runs in taken.items()}
    for n_users in processes:
        inputs.remove(f"users-{n_users}")
    return [
        *(_compare_lookups(measured, n_users) for n_users in (LARGE, LARGEST)),
        at_most_times(
            f"memory of {LARGEST:,} users against {MAX_MEMORY_MB:.0f} MB",
            MAX_MEMORY_MB,
            [output["peak_mb"] for output in measured[LARGEST]],
            "MB",
            1.0,
        ),
        at_most_times(
            f"file of {LARGEST:,} users on disk to first answer, against {MAX_READY_SECONDS:.0f} s",
            MAX_READY_SECONDS,
            [output["ready_seconds"] for output in measured[LARGEST]],
            "s",
            1.0,
        ),
    ]


def _compare_lookups(measured: dict[int, list[dict[str, Any]]], n_users: int) -> Comparison:
    return at_most_times(
        f"lookup among {n_users:,} users against {SMALL:,}, p50",
        [output["p50"] for output in measured[SMALL]],
        [output["p50"] for output in measured[n_users]],
        "µs",
        log(n_users) / log(SMALL),
    )


def _write_release(release: Path, manifest: Manifest, n_users: int) -> None:
    write_serving_table(release / SERVING_TABLE, _make_rows(n_users))
    write_user_index(release / USER_INDEX, _make_users(n_users))
    files = {
        path.name: FileFacts(file_sha256(path), path.stat().st_size) for path in release.iterdir()
    }
    manifest = replace(manifest, version="scale", files=files)
    (release / MANIFEST).write_bytes(manifest.to_json())


def _make_users(n_users: int) -> pd.DataFrame:
    """Make users whose numbers take as many bytes as those of a real portfolio."""
    features = {name: (np.arange(n_users) % 40).astype(np.int8) for name in REFERENCE_FEATURES}
    amount = np.full(n_users, 100.1)
    return pd.DataFrame(
        {
            USER: np.arange(n_users),
            **features,
            "avg_amount_loans_previous": amount,
            "probability": amount / 1000,
            "decision": np.zeros(n_users, np.int8),
        }
    )


def _make_rows(n_users: int) -> Iterator[tuple[object, ...]]:
    features = tuple(10.5 + index for index in range(len(MODEL_FEATURES)))
    for user in range(n_users):
        yield (user, *features, 0.0136, 0, "2020-12-22", "[]")
