"""From the raw CSV on: the reference's job and ours, one after the other."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure, at_most_times, less_is_better, more_is_better
from benchmarks.processes import Run, run_module

PEAK_BAR_MB = 1024.0
TEN_TIMES_PEAK_BAR_MB = 3 * 1024.0
TEN_TIMES_BAR = 11.0
ROUNDS = 3
AUC_ABOVE = 0.15
AUC_BAR = 0.80
SLOPE_WITHIN = 0.1

ORIGINAL_FEATURES_AUC, ORIGINAL_RECORD_AUC = 0.54, 0.87
"""By person, on the public original: of the five features, and with the applicant's own record."""


def compare_pipelines(csv: Path, ten_times: Path, folder: Path) -> list[Figure]:
    """Run both on one file, in turn; leaves `reference/` and `release/` in the folder.

    Ours also runs on a file of ten times the loans.

    The machine is noisy: of each, the fastest run is told, and the fastest of each step.
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
            _sum_fastest(references, ("read", "features", "write")),
            _sum_fastest(ours_each, ("read", "engineer", "write")),
            "s",
            bar=6,
        ),
        # Ours evaluates, explains, judges and reports besides.
        less_is_better(
            "raw CSV to model or release, whole process", reference.seconds, ours.seconds, "s", 2
        ),
        at_most_times("peak memory, against the limit (left)", PEAK_BAR_MB, ours.peak_mb, "MiB", 1),
        less_is_better("peak memory", reference.peak_mb, ours.peak_mb, "MiB"),
        at_most_times(
            "reading with every check, against training (left)",
            _sum_fastest(ours_each, ("train",)),
            _sum_fastest(ours_each, ("read",)),
            "s",
            1,
        ),
        *_compare_ten_times(ours, ten_times, folder),
    ]


def _compare_ten_times(ours: Run, csv: Path, folder: Path) -> list[Figure]:
    release_dir = folder / "ten-times"
    shutil.rmtree(release_dir, ignore_errors=True)
    large = run_module("benchmarks.our_pipeline", csv, release_dir)
    shutil.rmtree(release_dir)
    return [
        at_most_times(
            "ten times the loans, whole process, against ours on the file above (left)",
            ours.seconds,
            large.seconds,
            "s",
            TEN_TIMES_BAR,
        ),
        at_most_times(
            "ten times the loans, peak memory, against the limit (left)",
            TEN_TIMES_PEAK_BAR_MB,
            large.peak_mb,
            "MiB",
            1,
        ),
    ]


def _sum_fastest(runs: list[Run], steps: Sequence[str]) -> float:
    return sum(min(float(run.told[step]) for run in runs) for step in steps)


def _fastest(runs: list[Run]) -> Run:
    return min(runs, key=lambda run: run.seconds)


def compare_discrimination(csv: Path, folder: Path) -> list[Figure]:
    """Compare the models of both on one split; the ratio is the difference."""
    told = run_module("benchmarks.discrimination", csv, folder / "release").told
    reference, ours = told["reference"], told["ours"]
    of_generated = run_module("benchmarks.generated", csv).told
    return [
        Figure(
            "AUC on later loans of persons unseen; the ratio is the difference",
            reference,
            ours,
            "",
            ours - reference,
            "at least",
            AUC_ABOVE,
        ),
        more_is_better("AUC, against the least wanted (left)", AUC_BAR, ours, "", 1),
        at_most_times(
            "calibration slope's distance from 1, against the limit (left)",
            SLOPE_WITHIN,
            abs(told["slope"] - 1),
            "",
            1,
        ),
        at_most_times(
            "AUC by person of the five features, generated loans against the original (left)",
            ORIGINAL_FEATURES_AUC,
            of_generated["features"],
            "",
            1.05,
        ),
        at_most_times(
            "AUC by person with the own record, generated loans against the original (left)",
            ORIGINAL_RECORD_AUC,
            of_generated["record"],
            "",
            1.02,
        ),
    ]
