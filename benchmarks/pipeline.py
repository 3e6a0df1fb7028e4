"""From raw CSV to model: the reference's job and ours."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.comparisons import Comparison, at_most_times, less_is_better, more_is_better
from benchmarks.processes import Run, run_module

MAX_PEAK_MB = 1024.0
TEN_TIMES_MAX_PEAK_MB = 3 * 1024.0
TEN_TIMES_TARGET = 11.0
ROUNDS = 3
MIN_AUC_GAIN = 0.15
MIN_AUC = 0.80
MAX_SLOPE_DEVIATION = 0.1

ORIGINAL_FEATURES_AUC, ORIGINAL_HISTORY_AUC = 0.54, 0.87
"""By person, on the public original: of the five features, and with the payment history."""


def compare_pipelines(csv: Path, ten_times: Path, folder: Path) -> list[Comparison]:
    """Run both on one file, in turn; leave `reference/` and `release/` in the folder.

    Ours also runs on a file of ten times the loans. As the machine is noisy, the fastest run of
    each counts, and the fastest run of each step.
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
            target=6,
        ),
        # Ours also evaluates, explains, checks gates and writes a report.
        less_is_better(
            "raw CSV to model or release, whole process", reference.seconds, ours.seconds, "s", 2
        ),
        at_most_times(
            "peak memory, against the limit on the left", MAX_PEAK_MB, ours.peak_mb, "MiB", 1
        ),
        less_is_better("peak memory", reference.peak_mb, ours.peak_mb, "MiB"),
        at_most_times(
            "reading with all checks, against training on the left",
            _sum_fastest(ours_each, ("train",)),
            _sum_fastest(ours_each, ("read",)),
            "s",
            1,
        ),
        *_compare_ten_times(ours, ten_times, folder),
    ]


def _compare_ten_times(ours: Run, csv: Path, folder: Path) -> list[Comparison]:
    release_dir = folder / "ten-times"
    shutil.rmtree(release_dir, ignore_errors=True)
    large = run_module("benchmarks.our_pipeline", csv, release_dir)
    shutil.rmtree(release_dir)
    return [
        at_most_times(
            "ten times the loans, whole process, against the file above on the left",
            ours.seconds,
            large.seconds,
            "s",
            TEN_TIMES_TARGET,
        ),
        at_most_times(
            "ten times the loans, peak memory, against the limit on the left",
            TEN_TIMES_MAX_PEAK_MB,
            large.peak_mb,
            "MiB",
            1,
        ),
    ]


def _sum_fastest(runs: list[Run], steps: Sequence[str]) -> float:
    return sum(min(float(run.output[step]) for run in runs) for step in steps)


def _fastest(runs: list[Run]) -> Run:
    return min(runs, key=lambda run: run.seconds)


def compare_discrimination(csv: Path, folder: Path) -> list[Comparison]:
    """Compare both models on the same split."""
    models = run_module("benchmarks.discrimination", csv, folder / "release").output
    reference, ours = models["reference"], models["ours"]
    generated = run_module("benchmarks.generated", csv).output
    return [
        Comparison(
            "AUC on later loans of persons held out; the ratio is the difference",
            reference,
            ours,
            "",
            ours - reference,
            "at least",
            MIN_AUC_GAIN,
        ),
        more_is_better("AUC, against the minimum on the left", MIN_AUC, ours, "", 1),
        at_most_times(
            "calibration slope's deviation from 1, against the limit on the left",
            MAX_SLOPE_DEVIATION,
            abs(models["slope"] - 1),
            "",
            1,
        ),
        at_most_times(
            "AUC by person of the five features, generated loans against the original on the left",
            ORIGINAL_FEATURES_AUC,
            generated["features"],
            "",
            1.05,
        ),
        at_most_times(
            "AUC by person with payment history, generated loans against the original on the left",
            ORIGINAL_HISTORY_AUC,
            generated["history"],
            "",
            1.02,
        ),
    ]
