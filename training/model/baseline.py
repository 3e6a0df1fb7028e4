"""The baseline: a plain logistic regression on the same loans, to show what trees are worth."""

import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from shared.release.features import MODEL_FEATURES, STATUS
from training.model.classifier import Classifier

LOGISTIC_REGRESSION = "logistic_regression"


def fit_logistic_regression(training: pd.DataFrame) -> Classifier:
    """Fit the baseline.

    Parameters
    ----------
    training : pandas.DataFrame of shape (n_loans, n_columns)
        With the columns of `MODEL_FEATURES` and `status`; the loans that the trees are grown on.

    Notes
    -----
    A line has no place for what is missing: medians stand in for it, and a column beside each
    tells where they do.
    """
    baseline = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        StandardScaler(),
        LogisticRegression(max_iter=1000),
    )
    fitted: Classifier = baseline.fit(training[list(MODEL_FEATURES)], training[STATUS])
    return fitted
