"""The whole run, from a raw file to a release directory."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import joblib
import msgspec
import pandas as pd

from shared.release.facts import AuditHead, DataQuality, ReleaseFacts, Source
from shared.release.features import MODEL_FEATURES, USER
from shared.release.manifest import MODEL, REPORT, SCORER, SERVING_TABLE, TRAINING_TABLE, Manifest
from training.dataset.dataset import DATASET_COLUMNS, Dataset
from training.evaluation.candidate import Candidate, train
from training.evaluation.evaluate import headline_metrics, summarise
from training.features.engineering import EngineeredFeatures, engineer_features
from training.freed_memory import give_back
from training.gates.champion import Champion, mark_sample
from training.gates.review import review
from training.model.boosted_trees import describe_model
from training.model.decision import DecisionRule
from training.model.protocol import Classifier
from training.progress import Progress
from training.reading.raw_file import read_loans
from training.release.code_version import read_code_version
from training.release.directory import (
    describe_libraries,
    new_release_directory,
    write_manifest,
    write_training_table,
)
from training.release.scorer_export import write_scorer
from training.release.scoring import (
    check_scores,
    describe_distributions,
    describe_population,
    score_users,
    write_scores,
)
from training.report import write_report


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """What a run is asked to do.

    Attributes
    ----------
    csv : Path
        The raw file.
    source : Source
        Where the file came from, for the manifest.
    as_of : datetime.date
        The day on which users are described as they are served.
    cost_ratio : float
        Cost of a missed default in units of a refused good payer.
    outcome_lag_days : int
        After how many days a loan's outcome is known.
    champion : Champion or None
        The release that is served, to compare with; None where there is none.
    version : str or None
        The version that the release gets; None for one that its content gives it.
    audit_head : AuditHead or None
        The last record of the audit as the run began; None offline.
    keep_csv : bool
        False to remove the raw file once it is read: temporary storage is small.
    """

    csv: Path
    source: Source
    as_of: date
    cost_ratio: float
    outcome_lag_days: int = 90
    champion: Champion | None = None
    version: str | None = None
    audit_head: AuditHead | None = None
    keep_csv: bool = True


def build_release(job: TrainingJob, out: Path, progress: Progress) -> Manifest:
    """Turn a raw file into a release directory.

    Parameters
    ----------
    job : TrainingJob
        What to read and how.
    out : Path
        The directory to make; new or empty.
    progress : Progress
        Notified of every step.

    Returns
    -------
    Manifest
        The release's.

    Raises
    ------
    RejectedFileError
        When the raw file breaks the data contract.
    BrokenReleaseError
        When what was written does not score as the model does.
    DirectoryTakenError
        When `out` is there and not empty.
    """
    with new_release_directory(out) as directory, ThreadPoolExecutor(1) as beside:
        dataset, data_quality = _make_dataset(job, directory, progress)
        rule = DecisionRule(job.cost_ratio)
        with progress.step("train") as step:
            models = train(dataset)
            step.detail = f"{dataset.counts().training_loans:,} loans before {dataset.split.cut}"
        # The evaluation and the scores do not wait for each other: what their steps take is what
        # is left to do when they begin.
        scoring = beside.submit(_write_scored, directory, dataset.users, models.model, rule)
        checking = beside.submit(check_scores, directory, rule)
        with progress.step("evaluate") as step:
            candidate = Candidate.assess(models, rule, dataset, job.outcome_lag_days)
            step.detail = summarise(candidate.test)
        with progress.step("score") as step:
            scored = scoring.result()
            step.detail = f"{len(scored):,} users"
        with progress.step("check") as step:
            step.detail = f"{checking.result():,} published scores are the model's own"
        with progress.step("review") as step:
            reviewed = review(job.champion, candidate, dataset, scored, job.as_of)
            step.detail = str(reviewed)
        facts = ReleaseFacts(
            as_of=job.as_of.isoformat(),
            source=mark_sample(job.source),
            counts=dataset.counts(),
            data_quality=data_quality,
            features=list(MODEL_FEATURES),
            model=describe_model(candidate.model),
            decision=candidate.decision_facts(),
            metrics=headline_metrics(candidate.test),
            evaluated_on=dataset.describe_test(),
            evaluation=candidate.evaluation,
            effects=candidate.effects,
            population=describe_population(scored),
            distributions=describe_distributions(scored),
            code_version=read_code_version(),
            libraries=describe_libraries(),
            audit_head=job.audit_head,
            **reviewed.facts(),
        )
        with progress.step("report") as step:
            write_report(directory, facts)
            step.detail = REPORT
        return write_manifest(directory, facts, job.version)


def _read_and_engineer(
    job: TrainingJob, progress: Progress
) -> tuple[EngineeredFeatures, DataQuality]:
    # The raw loans end here: they would stay in memory for the whole run.
    with progress.step("read") as step:
        loan_file = read_loans(job.csv, job.as_of, DATASET_COLUMNS)
        raw = loan_file.loans.to_pandas(date_as_object=False)
        data_quality = msgspec.convert(loan_file.describe_quality(), DataQuality)
        step.detail = f"{len(raw):,} loans of {raw[USER].nunique():,} users"
        if loan_file.warnings:
            step.detail += f"; warnings: {len(loan_file.warnings)}"
        del loan_file
        give_back()
        if not job.keep_csv:
            job.csv.unlink()
    with progress.step("engineer") as step:
        features = engineer_features(raw, job.as_of, job.outcome_lag_days)
        step.detail = f"{len(MODEL_FEATURES)} features, as of {job.as_of}"
        del raw
        give_back()
    return features, data_quality


def _make_dataset(
    job: TrainingJob, directory: Path, progress: Progress
) -> tuple[Dataset, DataQuality]:
    features, data_quality = _read_and_engineer(job, progress)
    with progress.step("write") as step:
        write_training_table(directory / TRAINING_TABLE, features.loans)
        step.detail = TRAINING_TABLE
        give_back()
    with progress.step("split") as step:
        dataset = Dataset.from_features(features, job.as_of, job.outcome_lag_days)
        step.detail = f"tested from {dataset.split.cut} on, on persons held out"
        del features
        give_back()
    return dataset, data_quality


def _write_scored(
    directory: Path, users: pd.DataFrame, model: Classifier, rule: DecisionRule
) -> pd.DataFrame:
    scored = score_users(users, model, rule)
    write_scores(directory / SERVING_TABLE, scored)
    joblib.dump(rule.attach_to(model), directory / MODEL, compress=3)
    write_scorer(directory / SCORER, model)
    return scored
