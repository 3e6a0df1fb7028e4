"""The whole run, from a raw file to a release directory."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

from shared.code_version import read_code_version
from shared.errors import RejectedFileError
from shared.feature_names import MODEL_FEATURES, STATUS, USER
from shared.release import MODEL, SERVING_TABLE, TRAINING_TABLE, Manifest
from shared.runs import Source
from training.decision import DecisionRule
from training.evaluation import evaluate
from training.features import describe_loans, describe_users, trace_histories
from training.model import SEED, Model, fit_model, predict_default
from training.persons import HELD_OUT_SHARE, find_held_out_users, mark_held_out
from training.progress import Progress
from training.reading import read_loans
from training.release_directory import (
    new_release_directory,
    write_manifest,
    write_training_table,
)
from training.scoring import check_scores, score_users, write_scores

MIN_DEFAULTS = 10
"""The fewest defaults of training persons that a model is fitted on."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a run is asked to do.

    Attributes
    ----------
    csv : Path
        The raw file.
    source : Source
        Where the file came from, for the manifest.
    as_of : datetime.date
        The day on which served ages are counted.
    cost_ratio : float
        Cost of a missed default in units of a refused good payer.
    """

    csv: Path
    source: Source
    as_of: date
    cost_ratio: float


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The features of a raw file, and who is held out of training.

    Attributes
    ----------
    loans : pandas.DataFrame of shape (n_loans, 9)
        From `training.features.describe_loans`.
    users : pandas.DataFrame of shape (n_users, 7)
        From `training.features.describe_users`.
    held_out : numpy.ndarray of bool, of shape (n_loans,)
        The loans of persons that the model does not train on.
    """

    loans: pd.DataFrame
    users: pd.DataFrame
    held_out: np.ndarray

    def known_loans(self, held_out: bool) -> pd.DataFrame:
        """Select the loans with a known outcome, of held-out persons or of the others."""
        known = self.loans[STATUS].notna().to_numpy()
        return self.loans[known & (self.held_out == held_out)]


def build_release(order: Order, out: Path, progress: Progress) -> Manifest:
    """Turn a raw file into a release directory.

    Parameters
    ----------
    order : Order
        What to read and how.
    out : Path
        The directory to make; new or empty.
    progress : Progress
        Told of every step.

    Returns
    -------
    dict
        The release's manifest.

    Raises
    ------
    RejectedFileError
        When the raw file breaks the data contract.
    BrokenReleaseError
        When what was written does not score as the model does.
    DirectoryTakenError
        When `out` is there and not empty.
    """
    with new_release_directory(out) as directory:
        portfolio = _prepare(order, progress)
        with progress.step("write") as step:
            write_training_table(directory / TRAINING_TABLE, portfolio.loans)
            step.detail = TRAINING_TABLE
        model = _train(portfolio, progress)
        rule = DecisionRule(order.cost_ratio)
        with progress.step("evaluate") as step:
            metrics = _evaluate(portfolio, model, rule)
            step.detail = _describe_metrics(metrics)
        with progress.step("score") as step:
            joblib.dump(model, directory / MODEL, compress=3)
            write_scores(directory / SERVING_TABLE, score_users(portfolio.users, model, rule))
            step.detail = f"{len(portfolio.users):,} users"
        with progress.step("check") as step:
            agreeing = check_scores(directory, rule)
            step.detail = f"{agreeing:,} published scores are the model's own"
        return write_manifest(directory, _state_facts(order, portfolio, metrics, rule))


def _prepare(order: Order, progress: Progress) -> Portfolio:
    with progress.step("read") as step:
        loans = read_loans(order.csv, order.as_of).to_pandas(date_as_object=False)
        step.detail = f"{len(loans):,} loans of {loans[USER].nunique():,} users"
    with progress.step("engineer") as step:
        histories = trace_histories(loans)
        described = describe_loans(histories)
        users = describe_users(histories, order.as_of)
        held_out = mark_held_out(described[USER], find_held_out_users(loans))
        step.detail = f"{len(MODEL_FEATURES)} features, as of {order.as_of}"
    return Portfolio(described, users, held_out)


def _train(portfolio: Portfolio, progress: Progress) -> Model:
    with progress.step("train") as step:
        loans = portfolio.known_loans(held_out=False)
        _require_defaults(loans[STATUS])
        model = fit_model(loans, loans[STATUS])
        step.detail = f"{len(loans):,} loans with a known outcome"
    return model


def _require_defaults(status: pd.Series) -> None:
    defaults = int(status.sum())
    if not MIN_DEFAULTS <= defaults < len(status):
        raise RejectedFileError(
            [
                f"status: expected at least {MIN_DEFAULTS} loans not paid on time among the"
                f" {1 - HELD_OUT_SHARE:.0%} of persons that a model trains on, and some paid on"
                f" time; {defaults} of {len(status)} were not: deliver the whole portfolio."
            ]
        )


def _evaluate(
    portfolio: Portfolio, model: Model, rule: DecisionRule
) -> dict[str, float | int | None]:
    loans = portfolio.known_loans(held_out=True)
    if loans.empty:
        return evaluate(np.array([], dtype=np.int64), np.array([]), rule)
    return evaluate(loans[STATUS].to_numpy(np.int64), predict_default(model, loans), rule)


def _describe_metrics(metrics: dict[str, float | int | None]) -> str:
    auc = metrics["roc_auc"]
    told = "AUC not to be told" if auc is None else f"AUC {auc:.3f}"
    return f"{told} on {metrics['n_loans']:,} loans of persons held out"


def _state_facts(
    order: Order,
    portfolio: Portfolio,
    metrics: dict[str, float | int | None],
    rule: DecisionRule,
) -> Manifest:
    return {
        "as_of": order.as_of.isoformat(),
        "source": order.source,
        "counts": {
            "loans": len(portfolio.loans),
            "users": len(portfolio.users),
            "loans_with_unknown_outcome": int(portfolio.loans[STATUS].isna().sum()),
            "training_loans": len(portfolio.known_loans(held_out=False)),
            "test_loans": len(portfolio.known_loans(held_out=True)),
        },
        "features": list(MODEL_FEATURES),
        "model": {"kind": Model.__name__, "seed": SEED},
        "decision": {
            "threshold": rule.threshold,
            "cost_ratio": rule.cost_ratio,
            "chosen_by": rule.rationale,
        },
        "metrics": metrics,
        "evaluated_on": f"persons held out by a hash of their fingerprint ({HELD_OUT_SHARE:.0%})",
        "code_version": read_code_version(),
    }
