"""The whole run, from a raw file to a release directory."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import msgspec

from shared.release.facts import DataQuality
from shared.release.features import MODEL_FEATURES
from shared.release.files import TRAINING_TABLE
from shared.release.manifest import Manifest
from training.dataset.dataset import DATASET_COLUMNS, Dataset
from training.features.engineering import EngineeredFeatures, engineer_features
from training.freed_memory import give_back, keep_little_memory
from training.progress import Progress
from training.reading.raw_file import read_loans
from training.release.directory import (
    new_release_directory,
    write_manifest,
)
from training.release.training_table import write_training_table
from training.training_job import TrainingJob

__all__ = ["TrainingJob", "build_release"]


def read_and_engineer(
    job: TrainingJob, progress: Progress
) -> tuple[EngineeredFeatures, DataQuality]:
    """Read and check the raw file of a job, and engineer its features."""
    with progress.step("read") as step:
        loan_file = read_loans(job.csv, job.as_of, DATASET_COLUMNS)
        data_quality = msgspec.convert(loan_file.describe_quality(), DataQuality)
        step.detail = f"{loan_file.n_loans:,} loans of {loan_file.n_users:,} users"
        if loan_file.warnings:
            step.detail += f"; warnings: {len(loan_file.warnings)}"
        if not job.keep_csv:
            job.csv.unlink()
    with progress.step("engineer") as step:
        # Nothing here holds the raw loans on: they are released while features are engineered.
        features = engineer_features(loan_file.hand_over(), job.as_of, job.outcome_lag_days)
        step.detail = f"{len(MODEL_FEATURES)} features, as of {job.as_of}"
        give_back()
    return features, data_quality


def make_dataset(
    job: TrainingJob, directory: Path, progress: Progress
) -> tuple[Dataset, DataQuality]:
    """Read a raw file, write its training table, and split its loans."""
    features, data_quality = read_and_engineer(job, progress)
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


type MakeDataset = Callable[[TrainingJob, Path, Progress], tuple[Dataset, DataQuality]]


def build_release(
    job: TrainingJob, out: Path, progress: Progress, make: MakeDataset = make_dataset
) -> Manifest:
    """Turn a raw file into a release directory.

    Parameters
    ----------
    job : TrainingJob
        What to read and how.
    out : Path
        The directory to make; new or empty.
    progress : Progress
        Notified of every step.
    make : function, optional
        Makes the dataset and writes the training table, by default `make_dataset`.

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
    keep_little_memory()
    with new_release_directory(out) as directory:
        with ThreadPoolExecutor(1) as beside:
            # The model's libraries take as long to import as the file to read.
            beside.submit(import_module, "training.model_steps")
            dataset, data_quality = make(job, directory, progress)
        from training.model_steps import make_and_judge  # noqa: PLC0415 -- see above

        facts = make_and_judge(job, dataset, data_quality, directory, progress)
        return write_manifest(directory, facts, job.version)
