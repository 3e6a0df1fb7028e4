"""Our pipeline's first steps, from a CSV to the training table.

Run as ``python -m benchmarks.our_table CSV DIR``; prints a line of JSON with the seconds of each
step.
"""

import json
import sys
from pathlib import Path

from benchmarks.our_pipeline import StepTimes, make_job
from shared.release.manifest import TRAINING_TABLE
from training.pipeline import read_and_engineer
from training.progress import Progress
from training.release.training_table import write_training_table

if __name__ == "__main__":
    csv, out = map(Path, sys.argv[1:])
    times = StepTimes()
    progress = Progress([times])
    features, _ = read_and_engineer(make_job(csv), progress)
    with progress.step("write"):
        write_training_table(out / TRAINING_TABLE, features.loans)
    print(json.dumps(times.seconds))
