"""The figures of a candidate, on the loans that count."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from shared.release.features import STATUS
from tests.support.datasets import make_dataset
from tests.support.portfolios import make_portfolio
from training.dataset.dataset import Dataset
from training.evaluation.candidate import train
from training.evaluation.evaluate import Evaluation, describe_metrics, evaluate, measure_slice
from training.model.classifier import predict_default
from training.model.decision import DecisionRule

RULE = DecisionRule(cost_ratio=20.0)


@pytest.fixture(scope="module")
def portfolio() -> Dataset:
    return make_dataset(make_portfolio())


@pytest.fixture(scope="module")
def model(portfolio: Dataset) -> object:
    return train(portfolio)


@pytest.fixture(scope="module")
def evaluation(portfolio: Dataset, model: object) -> Evaluation:
    return evaluate(model, RULE, portfolio, 90)


def test_the_chief_figures_are_of_later_loans_of_persons_held_out(
    portfolio: Dataset, model: object, evaluation: Evaluation
) -> None:
    tested = portfolio.loans[portfolio.split.unseen]
    probabilities = predict_default(model, tested)

    metrics = evaluation.metrics

    assert metrics["n_loans"] == len(tested)
    assert metrics["n_defaults"] == tested[STATUS].sum()
    assert metrics["roc_auc"] == pytest.approx(roc_auc_score(tested[STATUS], probabilities))
    assert metrics["brier"] == pytest.approx(brier_score_loss(tested[STATUS], probabilities))
    assert metrics["base_rate"] == pytest.approx(tested[STATUS].mean())
    assert metrics["approval_rate"] == pytest.approx((probabilities < RULE.threshold).mean())


def test_the_facts_tell_the_split_both_slices_the_challenger_and_the_groups(
    portfolio: Dataset, evaluation: Evaluation
) -> None:
    facts = evaluation.facts

    assert facts["split"] == {
        "cut": portfolio.split.cut.isoformat(),
        "outcome_lag_days": 90,
        "n_training_loans": int(portfolio.split.training.sum()),
    }
    assert facts["slices"]["unseen_persons"] == evaluation.unseen
    assert facts["slices"]["seen_persons"].n_loans == portfolio.split.seen.sum()
    challenger = facts["challengers"]["logistic_regression"]
    assert challenger.n_loans == evaluation.unseen.n_loans
    assert challenger.metrics["roc_auc"] != evaluation.unseen.metrics["roc_auc"]
    assert [group.group for group in facts["fairness"]["code_gender"]] == ["F"]
    n_of_ages = sum(group.n_loans for group in facts["fairness"]["age_band"])
    assert n_of_ages == evaluation.unseen.n_loans


def test_what_cannot_be_told_of_no_loans_is_none(portfolio: Dataset, model: object) -> None:
    nobody = np.zeros(len(portfolio.loans), bool)

    measured = measure_slice(model, RULE, portfolio, nobody)
    metrics = Evaluation(measured, {}).metrics

    assert metrics["roc_auc"] is None
    assert metrics["base_rate"] is None
    assert describe_metrics(metrics) == "no AUC to be told on 0 later loans of persons held out"


def test_genders_are_only_told_never_learned_from(model: object, portfolio: Dataset) -> None:
    swapped = pd.DataFrame(portfolio.loans).assign(code_gender="M")

    again = predict_default(model, swapped)

    assert again.tolist() == predict_default(model, portfolio.loans).tolist()
