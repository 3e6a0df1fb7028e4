"""The model: features by name, missing values, reproducibility, monotonic constraints."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from shared.errors import BrokenReleaseError
from shared.release.features import MODEL_FEATURES, STATUS
from training.model import selection
from training.model.baseline import fit_logistic_regression
from training.model.boosted_trees import (
    MONOTONIC,
    Contest,
    describe_model,
    fit_model,
)
from training.model.classifier import Classifier, predict_default
from training.model.fitted_models import FittedTrees
from training.model.selection import Sample


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


def test_it_learns_the_relation(model: Classifier, loans: pd.DataFrame) -> None:
    probabilities = predict_default(model, loans)

    assert probabilities.shape == (4000,)
    assert ((probabilities > 0) & (probabilities < 1)).all()
    assert ((probabilities > 0.5) == loans[STATUS]).mean() > 0.9


def test_the_same_loans_give_the_same_predictions(model: Classifier, loans: pd.DataFrame) -> None:
    again = predict_default(fit(loans), loans)

    assert again.tolist() == predict_default(model, loans).tolist()


def test_features_are_taken_by_name_not_by_position(model: Classifier, loans: pd.DataFrame) -> None:
    shuffled = loans[list(MODEL_FEATURES[::-1])].assign(other=1.0)

    assert predict_default(model, shuffled).tolist() == predict_default(model, loans).tolist()


def test_a_model_with_other_features_is_rejected(loans: pd.DataFrame) -> None:
    reversed_features = loans[list(MODEL_FEATURES[::-1])]
    model = HistGradientBoostingClassifier(max_iter=2).fit(reversed_features, loans[STATUS])

    with pytest.raises(BrokenReleaseError, match="in this order"):
        predict_default(model, loans)


@pytest.mark.parametrize(("name", "sign"), MONOTONIC.items())
def test_the_risk_is_monotonic_in_a_constrained_feature(
    loans: pd.DataFrame, name: str, sign: int
) -> None:
    against = loans.assign(**{STATUS: (sign * loans[name] < -0.5).astype(float)})
    model = fit(against.assign(**{STATUS: against[STATUS].where(loans["flag_own_car"] > 0, 0)}))

    steps = [
        predict_default(model, loans.iloc[:200].assign(**{name: value}))
        for value in np.linspace(-3, 3, 13)
    ]

    assert (sign * np.diff(steps, axis=0) >= 0).all()


def test_with_few_defaults_to_calibrate_on_the_training_loans_are_used_too(
    loans: pd.DataFrame,
) -> None:
    late, good = loans[loans[STATUS] == 1], loans[loans[STATUS] == 0]
    training = pd.concat([late.iloc[60:], good.iloc[60:]])
    few = pd.concat([late.iloc[:3], good.iloc[:60]])
    misleading = few.assign(**{STATUS: 1 - few[STATUS]}).iloc[:20]

    line = FittedTrees.of(fit_model(training, misleading))

    assert line.slope > 0


def test_calibration_preserves_the_default_rate_of_the_calibration_loans(
    loans: pd.DataFrame,
) -> None:
    calibrating = loans.iloc[3000:]

    model = fit_model(loans.iloc[:3000], calibrating)

    predicted = predict_default(model, calibrating).mean()
    assert predicted == pytest.approx(calibrating[STATUS].mean(), abs=0.01)


def draw_many_loans(*, linear: bool) -> pd.DataFrame:
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({name: draw.exponential(size=15_000) for name in MODEL_FEATURES})
    count = frame["nb_previous_loans"]
    log_odds = 4 * np.log1p(count) - 4 if linear else 3 * np.minimum(count, 1) - 3
    late = log_odds > draw.logistic(size=len(frame))
    return frame.assign(**{STATUS: late.astype(float)})


@pytest.mark.parametrize(
    ("linear", "kind"), [(True, "LogisticRegression"), (False, "HistGradientBoostingClassifier")]
)
def test_scores_do_not_depend_on_the_number_of_threads(linear: bool, kind: str) -> None:
    loans = draw_many_loans(linear=linear)
    predicted = []

    for n_threads in (1, 4):
        with threadpool_limits(n_threads):
            model = fit_model(loans, loans.iloc[:12_000])
            predicted.append(predict_default(model, loans))

    assert describe_model(model).kind == kind
    assert predicted[0].tolist() == predicted[1].tolist()


def test_of_many_loans_model_and_baseline_are_what_fits_of_their_own_give(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(selection, "MOST_LOANS_TO_CROSS_VALIDATE", 10_000)
    loans = draw_many_loans(linear=False)
    training, calibration = loans.iloc[:12_000], loans.iloc[12_000:]

    contest = Contest.hold(Sample.of(training, None), Sample.of(calibration, None))
    model, baseline = contest.fit(contest.winner), contest.fit_baseline()

    again = Contest(contest.training, contest.calibration, contest.trial, {})
    assert contest.fitted
    assert (
        predict_default(model, loans).tolist()
        == predict_default(again.fit(again.winner), loans).tolist()
    )
    assert (
        predict_default(baseline, loans).tolist()
        == predict_default(fit_logistic_regression(training), loans).tolist()
    )
