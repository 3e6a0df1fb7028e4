"""From the raw CSV on: the reference's job and ours, one after the other."""

import shutil
from pathlib import Path

from benchmarks.figures import Figure, at_most_times, less_is_better
from benchmarks.processes import run_module

PEAK_BAR_MB = 1024.0


def compare_pipelines(csv: Path, folder: Path) -> list[Figure]:
    """Run both on one file; leaves `reference/` and `release/` in the folder."""
    reference_dir, release_dir = folder / "reference", folder / "release"
    for made in (reference_dir, release_dir):
        shutil.rmtree(made, ignore_errors=True)
    reference_dir.mkdir(parents=True)
    reference = run_module("benchmarks.reference.recipe", csv, reference_dir)
    ours = run_module("benchmarks.our_pipeline", csv, release_dir)
    return [
        less_is_better(
            "raw CSV to train_model.csv: read, features, write",
            sum(reference.told[step] for step in ("read", "features", "write")),
            sum(ours.told[step] for step in ("read", "engineer", "write")),
            "s",
            bar=6,
        ),
        less_is_better(
            "raw CSV to model or release, whole process", reference.seconds, ours.seconds, "s", 3
        ),
        at_most_times("peak memory, against 1 GiB", PEAK_BAR_MB, ours.peak_mb, "MiB", 1),
        less_is_better("peak memory", reference.peak_mb, ours.peak_mb, "MiB"),
    ]
