"""Reasons of one applicant in plain Python, against those of the model for all users."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.release.features import MODEL_FEATURES, STATUS
from shared.release.scorer import Scorer
from shared.release.shapley import shapley_values
from training.model import shapley
from training.model.boosted_trees import fit_model
from training.model.classifier import Classifier
from training.release.scorer_export import write_scorer


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Classifier, Scorer]:
    draw = np.random.default_rng(3)
    features = pd.DataFrame({name: draw.normal(size=6000) for name in MODEL_FEATURES})
    features.loc[::3, "years_on_the_job"] = np.nan
    features.loc[::5, "avg_amount_loans_previous"] = np.nan
    weights = np.linspace(-1, 1, len(MODEL_FEATURES))
    risk = features.fillna(0).to_numpy() @ weights + draw.normal(size=6000)
    loans = features.assign(**{STATUS: (risk > 1).astype(float)})
    model = fit_model(loans.iloc[:5000], loans.iloc[5000:])
    path = tmp_path_factory.mktemp("scorer") / "scorer.json"
    write_scorer(path, model)
    return model, Scorer.load(path)


APPLICANTS = st.lists(
    st.lists(
        st.one_of(st.none(), st.floats(-4, 4)),
        min_size=len(MODEL_FEATURES),
        max_size=len(MODEL_FEATURES),
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=40)
@given(APPLICANTS)
def test_any_applicants_effects_are_the_models(
    fitted: tuple[Classifier, Scorer], drawn: list[list[float | None]]
) -> None:
    model, scorer = fitted
    table = pd.DataFrame(drawn, columns=list(MODEL_FEATURES), dtype=float)

    effects = [shapley_values(scorer, applicant) for applicant in drawn]

    np.testing.assert_allclose(effects, shapley.shapley_values(model, table).effects, atol=1e-9)


def test_a_tree_that_splits_on_every_feature_is_shared_out_exactly() -> None:
    # Worth 1 for who goes left everywhere: with even splits, each feature has an equal part.
    node: object = 1.0
    for place in range(len(MODEL_FEATURES)):
        node = (place, 0.0, True, node, 0.0, 0.5)
    scorer = Scorer(0.0, [node], (2.0, 0.0))  # type: ignore[list-item]

    effects = shapley_values(scorer, [-1.0] * len(MODEL_FEATURES))

    n = len(MODEL_FEATURES)
    assert effects == pytest.approx([2 * (1 - 0.5**n) / n] * n, rel=1e-14)
