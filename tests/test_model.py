"""The model: by name, with missing values, the same every time."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from shared.errors import BrokenReleaseError
from shared.feature_names import MODEL_FEATURES
from training.model import fit_model, predict_default


@pytest.fixture(scope="module")
def features() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({name: draw.normal(size=4000) for name in MODEL_FEATURES})
    frame.loc[::7, "years_on_the_job"] = np.nan
    return frame


@pytest.fixture(scope="module")
def status(features: pd.DataFrame) -> pd.Series:
    return (features["age"] + features["years_on_the_job"].fillna(2) > 1.5).astype(float)


def test_it_learns_what_is_there_to_learn(features: pd.DataFrame, status: pd.Series) -> None:
    probabilities = predict_default(fit_model(features, status), features)

    assert probabilities.shape == (4000,)
    assert ((probabilities > 0) & (probabilities < 1)).all()
    assert ((probabilities > 0.5) == status).mean() > 0.9


def test_the_same_loans_give_the_same_predictions(
    features: pd.DataFrame, status: pd.Series
) -> None:
    first = predict_default(fit_model(features, status), features)
    second = predict_default(fit_model(features, status), features)

    assert first.tolist() == second.tolist()


def test_features_are_taken_by_name_not_by_place(features: pd.DataFrame, status: pd.Series) -> None:
    model = fit_model(features, status)

    shuffled = features[list(MODEL_FEATURES[::-1])].assign(other=1.0)

    assert predict_default(model, shuffled).tolist() == predict_default(model, features).tolist()


def test_a_model_of_other_features_is_refused(features: pd.DataFrame, status: pd.Series) -> None:
    reversed_features = features[list(MODEL_FEATURES[::-1])]
    model = HistGradientBoostingClassifier(max_iter=2).fit(reversed_features, status)

    with pytest.raises(BrokenReleaseError, match="in this order"):
        predict_default(model, features)
