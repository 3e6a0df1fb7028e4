"""Our pipeline, from a CSV to a release directory.

Run as ``python -m benchmarks.our_pipeline CSV DIR``; prints a line of JSON with the seconds of
each step.
"""

import json
import sys
from datetime import date
from pathlib import Path

from training.pipeline import TrainingJob, build_release
from training.progress import Progress, Step


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
    times = StepTimes()
    job = TrainingJob(csv, {"name": csv.name}, date(2022, 3, 8), cost_ratio=20.0)
    build_release(job, out, Progress([times]))
    print(json.dumps(times.seconds))
