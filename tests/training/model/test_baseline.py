"""The baseline: a logistic regression on the same features, missing values included."""

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from shared.release.feature import Feature
from shared.release.features import FEATURES, MODEL_FEATURES, RATE_PARTS, STATUS
from training.model.baseline import fit_logistic_regression
from training.model.classifier import predict_default
from training.model.scales import LOWEST
from training.model.terms import list_terms


def draw_loans(seed: int, n_rows: int = 2000) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({name: draw.exponential(size=n_rows) for name in MODEL_FEATURES})
    log_odds = 4 * np.log1p(frame["nb_previous_loans"]) - 2 * frame["age"]
    frame[STATUS] = (draw.random(n_rows) < 1 / (1 + np.exp(-log_odds))).astype(float)
    return frame


def test_it_learns_a_linear_relation() -> None:
    test = draw_loans(seed=1)

    predicted = predict_default(fit_logistic_regression(draw_loans(seed=0)), test)

    truth = 2 * np.log1p(test["nb_previous_loans"]) - test["age"]
    assert roc_auc_score(test[STATUS], predicted) > 0.8
    assert np.corrcoef(np.log(predicted / (1 - predicted)), truth)[0, 1] > 0.99


def test_predictions_do_not_depend_on_a_features_unit() -> None:
    loans = draw_loans(seed=0)
    in_cents = loans.assign(age=loans["age"] * 1e6 + 7)

    first = predict_default(fit_logistic_regression(loans), loans)
    second = predict_default(fit_logistic_regression(in_cents), in_cents)

    np.testing.assert_allclose(first, second, rtol=1e-6)


def test_missingness_can_be_informative() -> None:
    loans = draw_loans(seed=0)
    missing = np.random.default_rng(3).random(len(loans)) < 0.5
    loans = loans.assign(
        years_on_the_job=loans["years_on_the_job"].mask(missing), status=missing.astype(float)
    )

    predicted = predict_default(fit_logistic_regression(loans), loans)

    assert predicted[missing].min() > predicted[~missing].max()


@pytest.mark.parametrize("name", MODEL_FEATURES)
def test_a_feature_without_values_does_no_harm(name: str) -> None:
    loans = draw_loans(seed=0).assign(**{name: np.nan})

    predicted = predict_default(fit_logistic_regression(loans), loans)

    assert np.isfinite(predicted).all()
    assert len(set(predicted)) > 1000


def test_the_outcome_is_not_a_feature() -> None:
    loans = draw_loans(seed=0)
    model = fit_logistic_regression(loans)

    flipped = loans.assign(status=1 - loans[STATUS])

    assert tuple(model.feature_names_in_) == MODEL_FEATURES
    assert predict_default(model, flipped).tolist() == predict_default(model, loans).tolist()


@pytest.mark.parametrize("feature", FEATURES.values(), ids=lambda feature: feature.name)
def test_no_coefficient_has_the_wrong_sign(feature: Feature) -> None:
    loans = draw_loans(seed=0)
    against = loans[feature.name] * (-feature.sign or 1) > 0.5 * (-feature.sign or 1)
    loans = loans.assign(status=(against & (loans.index % 3 > 0)).astype(float))
    model = fit_logistic_regression(loans)

    steps = [
        predict_default(model, loans.head(200).assign(**{feature.name: value}))
        for value in np.linspace(0, 1, 11)
    ]

    assert (feature.sign * np.diff(steps, axis=0) >= 0).all()


def test_the_terms_sum_to_the_log_odds_and_average_to_nothing_in_training() -> None:
    loans = draw_loans(seed=0)
    loans.loc[::3, "years_on_the_job"] = np.nan
    model = fit_logistic_regression(loans.assign(flag_own_car=1.0))

    terms = {MODEL_FEATURES[term.feature]: term for term in list_terms(model)}

    added = {name: terms[name].add(loans[name].to_numpy()) for name in terms}
    log_odds = model[-1].intercept_ + np.sum(list(added.values()), axis=0)
    np.testing.assert_allclose(log_odds, model.decision_function(loans), atol=1e-9)
    assert set(terms) == set(MODEL_FEATURES) - {"flag_own_car", *RATE_PARTS}
    assert max(abs(each.mean()) for each in added.values()) < 1e-9


def test_a_rate_lower_than_a_young_record_can_be_lowers_the_risk_no_further() -> None:
    draw = np.random.default_rng(0)
    rate = draw.choice([0.004, 0.008, 0.016, 0.3], 4000)
    loans = draw_loans(seed=0, n_rows=4000).assign(
        unpaid_rate=rate, status=(draw.random(4000) < rate).astype(float)
    )
    model = fit_logistic_regression(loans)

    rates = [1e-4, 1e-3, LOWEST["log"], 0.016]
    least, less, lowest, usual = predict_default(
        model, loans.iloc[[0] * 4].assign(unpaid_rate=rates)
    )

    assert least == less == lowest < usual
    assert lowest > usual * 0.006 / 0.016 / 2


@pytest.mark.parametrize("kind", ["complete", "missing", "first loans missing", "a few loans"])
def test_columns_are_fitted_one_by_one_to_the_bits_of_scikit_learns_own_fit(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loans = draw_loans(seed=0)
    if kind != "complete":
        missing = np.random.default_rng(3).random(len(loans)) < 0.3
        if kind == "first loans missing":
            missing = loans.index < 50
        loans = loans.assign(
            years_on_the_job=loans["years_on_the_job"].mask(missing),
            avg_amount_loans_previous=loans["avg_amount_loans_previous"].mask(loans.index > 1900),
        )
    if kind == "a few loans":
        loans = loans.head(5)

    ours = fit_logistic_regression(loans)
    monkeypatch.setattr(
        "training.model.baseline._fit_columns",
        lambda columns, features: columns.fit_transform(features),
    )
    whole = fit_logistic_regression(loans)

    assert list_terms(ours) == list_terms(whole)
    assert joblib.hash(ours) == joblib.hash(whole)
    assert predict_default(ours, loans).tolist() == predict_default(whole, loans).tolist()
