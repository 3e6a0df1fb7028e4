"""Datasets to benchmark models on."""

from datetime import date
from pathlib import Path

from training.dataset.dataset import DATASET_COLUMNS, Dataset
from training.features.engineering import engineer_features
from training.reading.raw_file import read_loans


def read_dataset(csv: Path, as_of: date, outcome_lag_days: int) -> Dataset:
    """Read a raw file, engineer its features, and split its loans."""
    raw = read_loans(csv, as_of, DATASET_COLUMNS).loans.to_pandas(date_as_object=False)
    features = engineer_features(raw, as_of, outcome_lag_days)
    return Dataset.from_features(features, as_of, outcome_lag_days)
