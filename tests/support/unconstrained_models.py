"""Models without constraints, fitted on drawn applicants: what the age rule must catch."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator

from shared.release.features import MODEL_FEATURES


def draw_applicants(n_rows: int) -> pd.DataFrame:
    """Draw applicants with the model's features; some years on the job are missing."""
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({name: draw.normal(size=n_rows) for name in MODEL_FEATURES})
    frame.loc[::5, "years_on_the_job"] = np.nan
    return frame.assign(age=draw.integers(20, 76, size=n_rows).astype(float))


APPLICANTS = draw_applicants(6000)


def draw_status(risk: Any) -> pd.Series:
    """Draw the outcome of each applicant, given its risk."""
    return pd.Series((np.random.default_rng(1).random(len(APPLICANTS)) < risk).astype(int))


def fit_unconstrained(status: pd.Series) -> CalibratedClassifierCV:
    """Fit calibrated trees without constraints on the applicants."""
    features = APPLICANTS[list(MODEL_FEATURES)]
    trees = HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(features, status)
    return CalibratedClassifierCV(FrozenEstimator(trees), method="sigmoid").fit(features, status)
