"""Our pipeline's first steps, from a CSV to the training table.

Run as ``python -m benchmarks.our_table CSV DIR``; prints a line of JSON with the seconds of each
step.
"""

import json
import sys
from pathlib import Path

from benchmarks.datasets import make_job
from benchmarks.generated_file import AS_OF
from shared.release.files import TRAINING_TABLE
from training.freed_memory import keep_little_memory
from training.pipeline import read_and_engineer
from training.progress import Progress, Step
from training.release.training_table import write_training_table


class StepTimes:
    """Records the duration of each step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def step_started(self, step: Step) -> None:
        """Do nothing until the step ends."""

    def step_finished(self, step: Step) -> None:
        """Record its duration."""
        self.seconds[step.name] = step.seconds

    def step_failed(self, step: Step) -> None:
        """Record nothing."""


if __name__ == "__main__":
    csv, out = map(Path, sys.argv[1:])
    keep_little_memory()
    times = StepTimes()
    progress = Progress([times])
    features, _ = read_and_engineer(make_job(csv, AS_OF), progress)
    with progress.step("write"):
        write_training_table(out / TRAINING_TABLE, features.loans)
    print(json.dumps(times.seconds))
