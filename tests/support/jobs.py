"""Training jobs to test with."""

from pathlib import Path

from tests.support.portfolios import AS_OF
from training.pipeline import TrainingJob


def job_of(csv: Path) -> TrainingJob:
    """Make the job that trains on a raw file."""
    return TrainingJob(csv, {"name": csv.name}, AS_OF, cost_ratio=20.0)
