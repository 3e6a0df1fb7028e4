"""Our pipeline, from a CSV to a release directory.

Run as ``python -m benchmarks.our_pipeline CSV DIR``; prints a line of JSON with the seconds of
each step.
"""

import json
import sys
from pathlib import Path

from benchmarks.generated_file import AS_OF
from training.pipeline import TrainingJob, build_release
from training.progress import Progress, Step

COST_RATIO = 20.0


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


def make_job(csv: Path) -> TrainingJob:
    """Describe the job of a generated file."""
    return TrainingJob(csv, {"name": csv.name}, AS_OF, COST_RATIO)


if __name__ == "__main__":
    csv, out = map(Path, sys.argv[1:])
    times = StepTimes()
    build_release(make_job(csv), out, Progress([times]))
    print(json.dumps(times.seconds))
