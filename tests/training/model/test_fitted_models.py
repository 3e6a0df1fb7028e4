"""A logistic regression taken apart: its effects are exact."""

import numpy as np
import pandas as pd
from scipy.special import logit

from shared.release.features import MODEL_FEATURES
from training.model.boosted_trees import describe_model, fit_model
from training.model.classifier import predict_default
from training.model.shapley import shapley_values


def test_the_effects_of_a_logistic_regression_are_its_terms_against_the_training_mean() -> None:
    draw = np.random.default_rng(2)
    features = pd.DataFrame({name: draw.exponential(size=3000) for name in MODEL_FEATURES})
    features = features.assign(flag_own_car=1.0)
    features.loc[::3, "years_on_the_job"] = np.nan
    log_odds = 2 * np.log1p(features["nb_previous_loans"]) - features["age"]
    late = log_odds > draw.logistic(size=len(features))
    model = fit_model(
        features.assign(status=late.astype(float)), features.iloc[:0].assign(status=0)
    )

    found = shapley_values(model, features)

    assert describe_model(model).kind == "LogisticRegression"
    predicted = logit(predict_default(model, features))
    np.testing.assert_allclose(found.baseline + found.effects.sum(axis=1), predicted, atol=1e-9)
    np.testing.assert_allclose(found.effects.mean(axis=0), 0, atol=1e-9)
    column = MODEL_FEATURES.index("age")
    moved = logit(predict_default(model, features.assign(age=features["age"] + 1)))
    again = shapley_values(model, features.assign(age=features["age"] + 1))
    np.testing.assert_allclose(
        again.effects[:, column] - found.effects[:, column], moved - predicted, atol=1e-9
    )
