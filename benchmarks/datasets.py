"""Datasets to benchmark models on."""

from datetime import date
from pathlib import Path

from training.dataset.dataset import Dataset
from training.pipeline import TrainingJob, read_and_engineer
from training.progress import Progress

_COST_RATIO = 20.0


def make_job(csv: Path, as_of: date, outcome_lag_days: int = 90) -> TrainingJob:
    """Describe the job of a file, as by the default settings."""
    return TrainingJob(csv, {"name": csv.name}, as_of, _COST_RATIO, outcome_lag_days)


def read_dataset(csv: Path, as_of: date, outcome_lag_days: int) -> Dataset:
    """Read a raw file, engineer its features, and split its loans."""
    features, _ = read_and_engineer(make_job(csv, as_of, outcome_lag_days), Progress())
    return Dataset.from_features(features, as_of, outcome_lag_days)
