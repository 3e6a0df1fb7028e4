"""The whole run, from a raw file to a release directory."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pyarrow as pa

from shared.code_version import read_code_version
from shared.feature_names import MODEL_FEATURES, USER
from shared.release import MODEL, REPORT, SCORER, SERVING_TABLE, TRAINING_TABLE, Manifest
from shared.runs import Source
from training.candidate import Candidate, train
from training.champion import Champion, mark_sample
from training.decision import DecisionRule
from training.engineering import Engineered, engineer_features
from training.evaluation import describe_metrics
from training.export import write_scorer
from training.portfolio import Portfolio
from training.progress import Progress
from training.reading import read_loans
from training.release_directory import (
    describe_libraries,
    new_release_directory,
    write_manifest,
    write_training_table,
)
from training.review import review
from training.scoring import (
    check_scores,
    describe_distributions,
    describe_population,
    score_users,
    write_scores,
)


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
    outcome_lag_days : int
        After how many days a loan's outcome is known.
    champion : Champion or None
        The release that is served, to compare with; None where there is none.
    """

    csv: Path
    source: Source
    as_of: date
    cost_ratio: float
    outcome_lag_days: int = 90
    champion: Champion | None = None


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
        engineered, data_quality = _read_and_engineer(order, progress)
        with progress.step("write") as step:
            write_training_table(directory / TRAINING_TABLE, engineered.loans)
            step.detail = TRAINING_TABLE
        with progress.step("split") as step:
            portfolio = Portfolio.part(engineered, order.as_of, order.outcome_lag_days)
            step.detail = f"tested from {portfolio.split.cut} on, on persons held out"
        candidate = _make_candidate(order, portfolio, progress)
        scored = _write_scored(directory, portfolio, candidate, progress)
        facts = {
            "as_of": order.as_of.isoformat(),
            "source": mark_sample(order.source),
            "counts": portfolio.counts(),
            "data_quality": data_quality,
            **candidate.facts(),
            "population": describe_population(scored),
            "distributions": describe_distributions(scored),
            **_review(order, candidate, portfolio, scored, progress),
            "code_version": read_code_version(),
            "libraries": describe_libraries(),
        }
        _write_report(directory, facts, progress)
        return write_manifest(directory, facts)


def _read_and_engineer(order: Order, progress: Progress) -> tuple[Engineered, dict[str, object]]:
    # The raw loans end here: they would stay in memory for the whole run.
    with progress.step("read") as step:
        delivery = read_loans(order.csv, order.as_of)
        raw = delivery.loans.to_pandas(date_as_object=False)
        data_quality = delivery.describe_quality()
        step.detail = f"{len(raw):,} loans of {raw[USER].nunique():,} users"
        if delivery.warnings:
            step.detail += f"; warnings: {len(delivery.warnings)}"
        del delivery
        # Arrow keeps what it has freed, unless it is asked.
        pa.default_memory_pool().release_unused()
    with progress.step("engineer") as step:
        engineered = engineer_features(raw, order.as_of, order.outcome_lag_days)
        step.detail = f"{len(MODEL_FEATURES)} features, as of {order.as_of}"
    return engineered, data_quality


def _make_candidate(order: Order, portfolio: Portfolio, progress: Progress) -> Candidate:
    with progress.step("train") as step:
        model = train(portfolio)
        step.detail = f"{portfolio.counts()['training_loans']:,} loans before {portfolio.split.cut}"
    with progress.step("evaluate") as step:
        candidate = Candidate.assess(
            model, DecisionRule(order.cost_ratio), portfolio, order.outcome_lag_days
        )
        step.detail = describe_metrics(candidate.evaluation.metrics)
    return candidate


def _write_scored(
    directory: Path, portfolio: Portfolio, candidate: Candidate, progress: Progress
) -> pd.DataFrame:
    with progress.step("score") as step:
        scored = score_users(portfolio.users, candidate.model, candidate.rule)
        write_scores(directory / SERVING_TABLE, scored)
        joblib.dump(candidate.model, directory / MODEL, compress=3)
        write_scorer(directory / SCORER, candidate.model)
        step.detail = f"{len(scored):,} users"
    with progress.step("check") as step:
        agreeing = check_scores(directory, candidate.rule)
        step.detail = f"{agreeing:,} published scores are the model's own"
    return scored


def _review(
    order: Order,
    candidate: Candidate,
    portfolio: Portfolio,
    scored: pd.DataFrame,
    progress: Progress,
) -> dict[str, Any]:
    with progress.step("review") as step:
        found = review(order.champion, candidate, portfolio, scored)
        told = [
            f"{gate['name']} {gate['verdict']}"
            for gate in found["gates"]
            if gate["verdict"] != "passed"
        ]
        step.detail = "; ".join([str(found["verdict"]), *told])
    return found


def _write_report(directory: Path, facts: Manifest, progress: Progress) -> None:
    with progress.step("report") as step:
        # Drawing is imported when there is something to draw: the command line starts at once.
        from training.report import write_report  # noqa: PLC0415

        write_report(directory, facts)
        step.detail = REPORT
