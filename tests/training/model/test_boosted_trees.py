"""The model: by name, with missing values, the same every time, in the known directions."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from shared.errors import BrokenReleaseError
from shared.release.features import MODEL_FEATURES, STATUS
from training.model.boosted_trees import MONOTONIC, FittedTrees, fit_model
from training.model.classifier import Classifier, predict_default


@pytest.fixture(scope="module")
def loans() -> pd.DataFrame:
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({name: draw.normal(size=4000) for name in MODEL_FEATURES})
    frame.loc[::7, "years_on_the_job"] = np.nan
    late = frame["nb_previous_loans"] + frame["years_on_the_job"].fillna(2) > 1.5
    return frame.assign(**{STATUS: late.astype(float)})


@pytest.fixture(scope="module")
def model(loans: pd.DataFrame) -> Classifier:
    return fit(loans)


def fit(loans: pd.DataFrame) -> Classifier:
    return fit_model(loans.iloc[:3000], loans.iloc[3000:])


def test_it_learns_what_is_there_to_learn(model: Classifier, loans: pd.DataFrame) -> None:
    probabilities = predict_default(model, loans)

    assert probabilities.shape == (4000,)
    assert ((probabilities > 0) & (probabilities < 1)).all()
    assert ((probabilities > 0.5) == loans[STATUS]).mean() > 0.9


def test_the_same_loans_give_the_same_predictions(model: Classifier, loans: pd.DataFrame) -> None:
    again = predict_default(fit(loans), loans)

    assert again.tolist() == predict_default(model, loans).tolist()


def test_features_are_taken_by_name_not_by_place(model: Classifier, loans: pd.DataFrame) -> None:
    shuffled = loans[list(MODEL_FEATURES[::-1])].assign(other=1.0)

    assert predict_default(model, shuffled).tolist() == predict_default(model, loans).tolist()


def test_a_model_of_other_features_is_refused(loans: pd.DataFrame) -> None:
    reversed_features = loans[list(MODEL_FEATURES[::-1])]
    model = HistGradientBoostingClassifier(max_iter=2).fit(reversed_features, loans[STATUS])

    with pytest.raises(BrokenReleaseError, match="in this order"):
        predict_default(model, loans)


@pytest.mark.parametrize(("name", "sign"), MONOTONIC.items())
def test_the_risk_moves_only_in_the_known_direction(
    loans: pd.DataFrame, name: str, sign: int
) -> None:
    against = loans.assign(**{STATUS: (sign * loans[name] < -0.5).astype(float)})
    model = fit(against.assign(**{STATUS: against[STATUS].where(loans["flag_own_car"] > 0, 0)}))

    steps = [
        predict_default(model, loans.iloc[:200].assign(**{name: value}))
        for value in np.linspace(-3, 3, 13)
    ]

    assert (sign * np.diff(steps, axis=0) >= 0).all()


def test_few_defaults_among_those_who_calibrate_bring_the_training_loans_in(
    loans: pd.DataFrame,
) -> None:
    late, good = loans[loans[STATUS] == 1], loans[loans[STATUS] == 0]
    training = pd.concat([late.iloc[60:], good.iloc[60:]])
    few = pd.concat([late.iloc[:3], good.iloc[:60]])
    misleading = few.assign(**{STATUS: 1 - few[STATUS]}).iloc[:20]

    line = FittedTrees.of(fit_model(training, misleading))

    assert line.slope > 0


def test_calibration_keeps_the_mean_of_those_who_calibrate(loans: pd.DataFrame) -> None:
    calibrating = loans.iloc[3000:]

    model = fit_model(loans.iloc[:3000], calibrating)

    predicted = predict_default(model, calibrating).mean()
    assert predicted == pytest.approx(calibrating[STATUS].mean(), abs=0.01)
