"""The exported scorer, against the model it was exported from."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import BrokenReleaseError
from shared.release.features import FEATURES, MODEL_FEATURES, STATUS
from shared.release.scorer import Scorer
from training.model.boosted_trees import fit_model
from training.model.classifier import Classifier, predict_default
from training.model.fitted_models import FittedLine, FittedTrees, take_apart
from training.release.scorer_export import write_scorer


def draw_features() -> pd.DataFrame:
    draw = np.random.default_rng(3)
    features = pd.DataFrame({name: draw.normal(size=6000) for name in MODEL_FEATURES})
    features.loc[::3, "years_on_the_job"] = np.nan
    features.loc[::5, "avg_amount_loans_previous"] = np.nan
    return features


def fit(features: pd.DataFrame, late: pd.Series, path: Path) -> tuple[Classifier, Scorer]:
    loans = features.assign(**{STATUS: late.astype(float)})
    model = fit_model(loans.iloc[:5000], loans.iloc[5000:])
    write_scorer(path, model)
    return model, Scorer.load(path)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Classifier, Scorer]:
    features = draw_features()
    late = (features["years_on_the_job"].fillna(-2).abs() > 1) & (features["age"] < 0.5)
    return fit(features, late, tmp_path_factory.mktemp("scorer") / "scorer.json")


@pytest.fixture(scope="module")
def fitted_line(tmp_path_factory: pytest.TempPathFactory) -> tuple[Classifier, Scorer]:
    features = draw_features()
    log_odds = -features["age"] + features["years_on_the_job"].fillna(-1)
    late = log_odds > np.random.default_rng(4).logistic(size=len(features))
    return fit(features, late, tmp_path_factory.mktemp("scorer") / "scorer.json")


applicants = st.lists(
    st.lists(
        st.one_of(st.none(), st.floats(-4, 4), st.floats(allow_nan=False, allow_infinity=False)),
        min_size=len(MODEL_FEATURES),
        max_size=len(MODEL_FEATURES),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60)
@given(applicants)
def test_it_scores_any_applicant_as_the_model_does(
    fitted: tuple[Classifier, Scorer], drawn: list[list[float | None]]
) -> None:
    model, scorer = fitted
    table = pd.DataFrame(drawn, columns=list(MODEL_FEATURES), dtype=float)

    scores = [scorer.predict_default(applicant) for applicant in drawn]

    assert scores == pytest.approx(predict_default(model, table).tolist(), rel=1e-12)


WITHIN_BOUNDS = st.tuples(
    *(
        st.one_of(st.none(), st.floats(feature.lowest, min(feature.highest, 1e6)))
        for feature in FEATURES.values()
    )
)


@settings(max_examples=60)
@given(st.lists(WITHIN_BOUNDS, min_size=1, max_size=40))
def test_it_scores_any_applicant_as_a_logistic_regression_does(
    fitted_line: tuple[Classifier, Scorer], drawn: list[tuple[float | None, ...]]
) -> None:
    model, scorer = fitted_line
    table = pd.DataFrame(drawn, columns=list(MODEL_FEATURES), dtype=float)

    scores = [scorer.predict_default(applicant) for applicant in drawn]

    assert isinstance(take_apart(model), FittedLine)
    assert scores == pytest.approx(predict_default(model, table).tolist(), rel=1e-12)


def test_thresholds_part_applicants_just_where_the_model_parts_them(
    fitted: tuple[Classifier, Scorer],
) -> None:
    model, scorer = fitted
    root = FittedTrees.of(model).trees[0][0]
    at = [0.0] * len(MODEL_FEATURES)
    at[root["feature_idx"]] = float(root["num_threshold"])
    above = list(at)
    above[root["feature_idx"]] = float(np.nextafter(root["num_threshold"], np.inf))

    scores = [scorer.predict_default(at), scorer.predict_default(above)]

    table = pd.DataFrame([at, above], columns=list(MODEL_FEATURES))
    assert scores == pytest.approx(predict_default(model, table).tolist(), rel=1e-12)
    assert scores[0] != scores[1]


def test_a_scorer_of_other_features_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scorer.json"
    path.write_text(json.dumps({"features": ["age"], "baseline": 0.0, "trees": []}))

    with pytest.raises(BrokenReleaseError, match="it takes age"):
        Scorer.load(path)
