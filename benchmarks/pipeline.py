"""From the raw CSV on: the reference's job and ours, one after the other."""

import shutil
from pathlib import Path

from benchmarks.figures import Figure, at_most_times, less_is_better
from benchmarks.processes import Run, run_module

PEAK_BAR_MB = 1024.0
ROUNDS = 2
AUC_ABOVE = 0.15


def compare_pipelines(csv: Path, folder: Path) -> list[Figure]:
    """Run both on one file, in turn; leaves `reference/` and `release/` in the folder.

    The machine is noisy: of each, the faster run is told.
    """
    references, ours_each = [], []
    for _ in range(ROUNDS):
        reference_dir, release_dir = folder / "reference", folder / "release"
        for made in (reference_dir, release_dir):
            shutil.rmtree(made, ignore_errors=True)
        reference_dir.mkdir(parents=True)
        references.append(run_module("benchmarks.reference.recipe", csv, reference_dir))
        ours_each.append(run_module("benchmarks.our_pipeline", csv, release_dir))
    reference, ours = _fastest(references), _fastest(ours_each)
    return [
        less_is_better(
            "raw CSV to train_model.csv: read, features, write",
            sum(reference.told[step] for step in ("read", "features", "write")),
            sum(ours.told[step] for step in ("read", "engineer", "write")),
            "s",
            bar=6,
        ),
        # Ours evaluates, explains, judges and reports besides.
        less_is_better(
            "raw CSV to model or release, whole process", reference.seconds, ours.seconds, "s", 2
        ),
        at_most_times("peak memory, against the limit (left)", PEAK_BAR_MB, ours.peak_mb, "MiB", 1),
        less_is_better("peak memory", reference.peak_mb, ours.peak_mb, "MiB"),
    ]


def _fastest(runs: list[Run]) -> Run:
    return min(runs, key=lambda run: run.seconds)


def compare_discrimination(csv: Path, folder: Path) -> list[Figure]:
    """Compare the models of both on one split; the ratio is the difference."""
    told = run_module("benchmarks.discrimination", csv, folder / "release").told
    reference, ours = told["reference"], told["ours"]
    return [
        Figure(
            "AUC on later loans of persons unseen; the ratio is the difference",
            reference,
            ours,
            "",
            ours - reference,
            "at least",
            AUC_ABOVE,
        )
    ]
