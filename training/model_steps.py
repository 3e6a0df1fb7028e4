"""The steps that need the model's libraries: from a dataset to all files but the manifest."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from shared.release.facts import DataQuality, ReleaseFacts
from shared.release.features import MODEL_FEATURES
from shared.release.files import MODEL, REPORT, SCORER, SERVING_TABLE, USER_INDEX
from training.dataset.dataset import Dataset
from training.evaluation.candidate import Candidate, train
from training.evaluation.evaluate import headline_metrics, summarise
from training.freed_memory import give_back
from training.gates.champion import mark_sample
from training.gates.review import review
from training.model.boosted_trees import describe_model
from training.model.decision import DecisionRule
from training.model.protocol import Classifier
from training.model.stored_model import write_model
from training.progress import Progress
from training.release.code_version import read_code_version
from training.release.directory import describe_libraries
from training.release.index_file import write_user_index
from training.release.scorer_export import write_scorer
from training.release.scoring import (
    check_scores,
    describe_distributions,
    describe_population,
    score_users,
    write_scores,
)
from training.report import write_report
from training.training_job import TrainingJob


def make_and_judge(
    job: TrainingJob,
    dataset: Dataset,
    data_quality: DataQuality,
    directory: Path,
    progress: Progress,
) -> ReleaseFacts:
    """Train a model, measure, score, review and report it.

    Parameters
    ----------
    job : TrainingJob
        What to do.
    dataset : Dataset
        What to do it with.
    data_quality : DataQuality
        What the data contract found in the file.
    directory : Path
        Where the serving table, the model, the scorer, the report and the model card go.
    progress : Progress
        Notified of every step.

    Raises
    ------
    RejectedFileError
        When there is too little to learn from.
    BrokenReleaseError
        When what was written does not score as the model does.
    """
    candidate, scored = _make_candidate(job, dataset, directory, progress)
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
    return facts


def _make_candidate(
    job: TrainingJob, dataset: Dataset, directory: Path, progress: Progress
) -> tuple[Candidate, pd.DataFrame]:
    rule = DecisionRule(job.cost_ratio)
    with progress.step("train") as step:
        models = train(dataset)
        give_back()
        step.detail = f"{dataset.counts().training_loans:,} loans before {dataset.split.cut}"
    # The evaluation and the scores do not wait for each other: what their steps take is what is
    # left to do when they begin.
    with ThreadPoolExecutor(1) as beside:
        scoring = beside.submit(_write_scored, directory, dataset.users, models.model, rule)
        checking = beside.submit(check_scores, directory, rule)
        with progress.step("evaluate") as step:
            candidate = Candidate.assess(models, rule, dataset, job.outcome_lag_days)
            give_back()
            step.detail = summarise(candidate.test)
        with progress.step("score") as step:
            scored = scoring.result()
            step.detail = f"{len(scored):,} users"
        with progress.step("check") as step:
            step.detail = f"{checking.result():,} published scores are the model's own"
            give_back()
    return candidate, scored


def _write_scored(
    directory: Path, users: pd.DataFrame, model: Classifier, rule: DecisionRule
) -> pd.DataFrame:
    scored = score_users(users, model, rule)
    write_scores(directory / SERVING_TABLE, scored)
    write_user_index(directory / USER_INDEX, scored)
    write_model(rule.attach_to(model), directory / MODEL)
    write_scorer(directory / SCORER, model)
    return scored
