"""Datasets to benchmark models on."""

from datetime import date
from pathlib import Path

from benchmarks.our_pipeline import COST_RATIO
from training.dataset.dataset import Dataset
from training.pipeline import TrainingJob, read_and_engineer
from training.progress import Progress


def read_dataset(csv: Path, as_of: date, outcome_lag_days: int) -> Dataset:
    """Read a raw file, engineer its features, and split its loans."""
    job = TrainingJob(csv, {"name": csv.name}, as_of, COST_RATIO, outcome_lag_days)
    features, _ = read_and_engineer(job, Progress())
    return Dataset.from_features(features, as_of, outcome_lag_days)
