"""A whole run in one process, as the app makes it: `python -m tools.app_run CSV DIR`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from training.pipeline import TrainingJob, build_release
from training.progress import Progress

if __name__ == "__main__":
    csv, out = map(Path, sys.argv[1:])
    job = TrainingJob(csv, {"name": csv.name}, datetime.now(UTC).date(), cost_ratio=20.0)
    build_release(job, out, Progress())
