"""Candidates and champions made in memory: no file is written, no report drawn."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from benchmarks.portfolios import LAG_DAYS
from shared.release.drift import Drift
from shared.release.evaluation import EvaluationFacts, Slices, SplitFacts
from shared.release.facts import CalibrationLine, DataQuality, ModelFacts
from shared.release.features import LOAN, LOAN_DATE, MODEL_FEATURES, STATUS, USER
from shared.release.manifest import Manifest
from training.dataset.dataset import Dataset
from training.evaluation.candidate import Candidate, train
from training.evaluation.evaluate import measure_slice
from training.evaluation.months import LoanMonths
from training.features.engineering import engineer_features
from training.gates.champion import Champion, KnownLoans
from training.gates.review import Review, review
from training.model.classifier import Classifier, predict_default
from training.model.decision import DecisionRule
from training.release.scoring import describe_distributions, describe_population

COST_RATIO = 20.0


@dataclass(frozen=True, slots=True)
class Made:
    """A candidate with what it was made from."""

    dataset: Dataset
    candidate: Candidate
    scored: pd.DataFrame
    as_of: date


def read(raw: pd.DataFrame, as_of: date) -> Dataset:
    """Turn raw loans into a dataset."""
    return Dataset.from_features(engineer_features(raw, as_of, LAG_DAYS), as_of, LAG_DAYS)


def make(
    raw: pd.DataFrame, as_of: date, cost_ratio: float = COST_RATIO, model: Classifier | None = None
) -> Made:
    """Train on raw loans, or take a model as it is, and measure it as a run does."""
    dataset = read(raw, as_of)
    model = model or train(dataset).model
    rule = DecisionRule(cost_ratio)
    unseen = measure_slice(model, rule, dataset, dataset.split.unseen)
    split = SplitFacts(dataset.split.cut.isoformat(), LAG_DAYS, int(dataset.split.training.sum()))
    evaluation = EvaluationFacts(split, Slices(unseen, unseen), {}, {})
    probabilities = predict_default(model, dataset.users)
    scored = dataset.users.assign(
        probability=probabilities, decision=rule.decide(probabilities).astype(np.int64)
    )
    return Made(dataset, Candidate(model, rule, evaluation, {}), scored, as_of)


def crown(made: Made) -> Champion:
    """Make a candidate the champion that the next one is compared with."""
    loans = made.dataset.loans
    manifest = Manifest(
        version="champion",
        created="",
        files={},
        as_of=made.as_of.isoformat(),
        source={"name": "generated.csv"},
        counts=made.dataset.counts(),
        data_quality=DataQuality(len(loans), []),
        features=list(MODEL_FEATURES),
        model=ModelFacts("", {}, CalibrationLine(1.0, 0.0)),
        decision=made.candidate.decision_facts(),
        metrics={},
        evaluated_on="",
        evaluation=made.candidate.evaluation,
        effects={},
        population=describe_population(made.scored),
        distributions=describe_distributions(made.scored),
        gates=[],
        verdict="passed",
        drift=Drift(None, None, {}),
        code_version="",
        libraries={},
        months=LoanMonths.count(made.dataset, made.as_of, LAG_DAYS).describe(),
    )
    known = KnownLoans(
        loans[LOAN].to_numpy(),
        loans[USER].to_numpy(),
        loans[LOAN_DATE].to_numpy().astype("datetime64[D]"),
        loans[STATUS].to_numpy(np.float64),
    )
    return Champion(manifest, made.candidate.model, known)


def judge(made: Made, champion: Champion | None) -> Review:
    """Take a candidate through the gates."""
    return review(champion, made.candidate, made.dataset, made.scored, made.as_of)
