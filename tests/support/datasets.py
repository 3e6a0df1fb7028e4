"""Datasets to test with, built from raw loans."""

from datetime import date

import numpy as np
import pandas as pd

from tests.support.portfolios import AS_OF
from training.dataset.dataset import Dataset
from training.features.engineering import engineer_features

LAG_DAYS = 90


def make_dataset(
    raw: pd.DataFrame, as_of: date = AS_OF, outcome_lag_days: int = LAG_DAYS
) -> Dataset:
    """Engineer the features of raw loans, and split them."""
    features = engineer_features(raw, as_of, outcome_lag_days)
    return Dataset.from_features(features, as_of, outcome_lag_days)


def widen(loans: pd.DataFrame) -> pd.DataFrame:
    """Turn whole numbers held as float32 into float64, as other engines give them."""
    narrow = loans.select_dtypes(np.float32).columns
    return loans.astype(dict.fromkeys(narrow, np.float64))
