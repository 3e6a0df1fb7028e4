"""Models that are fitted in a moment."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression


def fit_small_model(seed: int = 0) -> CalibratedClassifierCV:
    """Fit a calibrated line to two drawn features, as the baseline is one of more."""
    rows = np.random.default_rng(seed).normal(size=(200, 2))
    classes = (rows.sum(axis=1) > 0).astype(int)
    line = LogisticRegression().fit(rows, classes)
    return CalibratedClassifierCV(FrozenEstimator(line)).fit(rows, classes)
