"""A logistic regression: the baseline beside the trees, and served where it is better."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from shared.release.features import FEATURES, RATE_PARTS, STATUS
from training.model.informative import find_uninformative, take_features
from training.model.protocol import Floats
from training.model.scales import FUNCTIONS, LOWEST, Scale, scale_of

LOGISTIC_REGRESSION = "logistic_regression"
UNPAID_RATE = "unpaid_rate"

PENALTY = 20.0
"""Of the squared coefficients of the scaled features, in units of one loan's log loss."""


def fit_logistic_regression(training: pd.DataFrame) -> Pipeline:
    """Fit a logistic regression whose coefficients have the features' signs.

    Parameters
    ----------
    training : pandas.DataFrame of shape (n_loans, n_columns)
        With the columns of `MODEL_FEATURES` and `status`; the loans that the trees are grown on.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Of scikit-learn's own classes; takes all of `MODEL_FEATURES`.

    Notes
    -----
    A line has no place for what is missing: medians stand in for it, and a column beside each
    tells where they do. A feature that says nothing is dropped, and so are the counts that
    `unpaid_rate` is made of: as a portfolio ages they leave the range that the line was fitted on.
    """
    unused = {*find_uninformative(training), *RATE_PARTS}
    steps: list[Any] = [
        (name, "drop" if name in unused else _describe_scale(scale_of(feature)), [name])
        for name, feature in FEATURES.items()
    ]
    columns = ColumnTransformer(steps)
    with threadpool_limits(1):
        design = _fit_columns(columns, take_features(training))
        signs = np.zeros(design.shape[1])
        for name, places in columns.output_indices_.items():
            if name in FEATURES and places.stop > places.start:
                signs[places.start] = FEATURES[name].sign
        line = _fit_signed(design, training[STATUS].to_numpy(np.float64), signs)
    return Pipeline([("columns", columns), ("regression", line)])


def _fit_columns(columns: ColumnTransformer, features: pd.DataFrame) -> Floats:
    """Do what `fit_transform` does, without holding all transformed columns twice."""
    # Fitting makes the transformer complete, and places its columns by where values are missing or
    # not; what it fits to these few loans is replaced.
    blank = [features[name].isna().to_numpy() for name in features]
    few = {int(places.argmax()) for mask in blank for places in (mask, ~mask)}
    columns.fit(features.iloc[sorted(few)])
    parts = [part for part in columns.transformers_ if part[1] != "drop"]
    width = max(places.stop for places in columns.output_indices_.values())
    design: Floats = np.empty((len(features), width))
    for name, steps, chosen in parts:
        design[:, columns.output_indices_[name]] = _fit_column(steps, features[chosen])
    return design


def _fit_column(steps: Pipeline, column: pd.DataFrame) -> Floats:
    """Do what `fit_transform` does, and find the median by partition.

    Notes
    -----
    The imputer's own median sorts the column together with a mask, which takes far longer.
    """
    scale, imputer, scaler = steps[:-2], steps[-2], steps[-1]
    scaled = scale.fit_transform(column) if len(scale) else column
    imputer.set_params(strategy="constant", fill_value=_find_median(scaled))
    filled = imputer.fit_transform(scaled)
    del scaled
    # As if it had found the median itself: a constant, of type object, fills no whole numbers.
    imputer.set_params(strategy="median", fill_value=None)
    imputer.statistics_ = imputer.statistics_.astype(np.float64)
    scaled_columns: Floats = scaler.fit_transform(filled)
    return scaled_columns


def _find_median(column: pd.DataFrame) -> float:
    values = column.to_numpy(np.float64).ravel()
    return float(np.median(values[~np.isnan(values)], overwrite_input=True))


def _describe_scale(scale: Scale) -> Pipeline:
    filled = [SimpleImputer(strategy="median", add_indicator=True), StandardScaler()]
    if scale == "linear":
        return make_pipeline(*filled)
    clip = FunctionTransformer(np.clip, kw_args={"a_min": LOWEST[scale], "a_max": None})
    return make_pipeline(clip, FunctionTransformer(FUNCTIONS[scale]), *filled)


def _fit_signed(design: Floats, status: Floats, signs: Floats) -> LogisticRegression:
    """Fit coefficients of the given signs; 0 leaves a sign open."""

    def loss(weights: Floats) -> tuple[float, Floats]:
        log_odds = design @ weights[1:]
        log_odds += weights[0]
        losses = np.logaddexp(0.0, log_odds)
        losses -= status * log_odds
        value = losses.sum()
        error = expit(log_odds, out=log_odds)
        error -= status
        value += PENALTY * (weights[1:] @ weights[1:]) / 2
        gradient = np.append(error.sum(), error @ design + PENALTY * weights[1:])
        return value / len(status), gradient / len(status)

    bounds = [(None, None), *((0 if s > 0 else None, 0 if s < 0 else None) for s in signs)]
    rate = status.mean()
    start = np.append(np.log(rate / (1 - rate)), np.zeros(len(signs)))
    weights = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    line = LogisticRegression()
    line.classes_ = np.array([0, 1])
    line.intercept_, line.coef_ = weights[:1], weights[None, 1:]
    line.n_features_in_ = len(signs)
    return line
