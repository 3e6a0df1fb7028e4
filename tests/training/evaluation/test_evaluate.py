"""The evaluation of a candidate on the loans that count."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from shared.release.evaluation import EvaluationFacts, SplitFacts
from shared.release.features import STATUS
from tests.support.datasets import make_dataset
from tests.support.portfolios import make_portfolio
from training.dataset.dataset import Dataset
from training.evaluation.candidate import Models, train
from training.evaluation.evaluate import evaluate, headline_metrics, measure_slice, summarise
from training.model.baseline import fit_logistic_regression
from training.model.classifier import Classifier, predict_default
from training.model.decision import DecisionRule

RULE = DecisionRule(cost_ratio=20.0)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return make_dataset(make_portfolio())


@pytest.fixture(scope="module")
def models(dataset: Dataset) -> Models:
    return train(dataset)


@pytest.fixture(scope="module")
def model(models: Models) -> Classifier:
    return models.model


@pytest.fixture(scope="module")
def evaluation(dataset: Dataset, models: Models) -> EvaluationFacts:
    return evaluate(models.model, RULE, dataset, 90, models.baseline)


def test_the_headline_metrics_are_measured_on_later_loans_of_unseen_persons(
    dataset: Dataset, model: Classifier, evaluation: EvaluationFacts
) -> None:
    tested = dataset.loans[dataset.split.unseen]
    probabilities = predict_default(model, tested)

    metrics = headline_metrics(evaluation.slices.unseen_persons)

    assert metrics["n_loans"] == len(tested)
    assert metrics["n_defaults"] == tested[STATUS].sum()
    assert metrics["roc_auc"] == pytest.approx(roc_auc_score(tested[STATUS], probabilities))
    assert metrics["brier"] == pytest.approx(brier_score_loss(tested[STATUS], probabilities))
    assert metrics["base_rate"] == pytest.approx(tested[STATUS].mean())
    assert metrics["approval_rate"] == pytest.approx((probabilities < RULE.threshold).mean())


def test_the_facts_cover_the_split_both_slices_the_baseline_and_the_groups(
    dataset: Dataset, evaluation: EvaluationFacts
) -> None:
    split, unseen = dataset.split, evaluation.slices.unseen_persons

    assert evaluation.split == SplitFacts(split.cut.isoformat(), 90, int(split.training.sum()))
    assert unseen.n_loans == split.unseen.sum()
    assert evaluation.slices.seen_persons.n_loans == split.seen.sum()
    regression = fit_logistic_regression(dataset.take_examples(split.training))
    expected = measure_slice(regression, RULE, dataset, split.unseen)
    assert evaluation.baselines == {"logistic_regression": expected}
    assert [group.group for group in evaluation.fairness["code_gender"]] == ["F"]
    n_of_ages = sum(group.n_loans for group in evaluation.fairness["age_band"])
    assert n_of_ages == unseen.n_loans


def test_metrics_of_no_loans_are_none(dataset: Dataset, model: Classifier) -> None:
    nobody = np.zeros(len(dataset.loans), bool)

    measured = measure_slice(model, RULE, dataset, nobody)

    assert headline_metrics(measured)["roc_auc"] is None
    assert headline_metrics(measured)["base_rate"] is None
    assert summarise(measured) == "AUC undefined on 0 later loans of persons held out"


def test_gender_does_not_affect_predictions(model: Classifier, dataset: Dataset) -> None:
    swapped = pd.DataFrame(dataset.loans).assign(code_gender="M")

    again = predict_default(model, swapped)

    assert again.tolist() == predict_default(model, dataset.loans).tolist()
