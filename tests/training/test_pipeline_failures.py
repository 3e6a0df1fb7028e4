"""What makes a run fail, and that it leaves nothing behind."""

import threading
import time
from pathlib import Path

import pandas as pd
import pytest

import training.model_steps
import training.release.scoring
from shared.errors import BrokenReleaseError, RejectedFileError
from tests.support.jobs import job_of
from tests.support.portfolios import make_portfolio, write_csv
from training.evaluation.candidate import Candidate
from training.pipeline import build_release
from training.progress import Progress
from training.release.directory import DirectoryTakenError
from training.release.scorer_export import write_scorer

pytestmark = pytest.mark.training


def test_a_file_with_too_few_defaults_is_rejected_without_a_trace(tmp_path: Path) -> None:
    csv = write_csv(tmp_path / "loans.csv", make_portfolio().assign(status=0.0))

    with pytest.raises(RejectedFileError, match="at least 10 loans not paid on time"):
        build_release(job_of(csv), tmp_path / "out", Progress())

    assert [path.name for path in tmp_path.iterdir()] == ["loans.csv"]


def test_a_release_with_wrong_scores_is_never_written(
    raw_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def score_wrongly(*args: object) -> pd.DataFrame:
        scored = original(*args)  # type: ignore[arg-type]
        scored.loc[scored.index[3], "probability"] = 0.5
        return scored

    original = training.release.scoring.score_users
    monkeypatch.setattr(training.model_steps, "score_users", score_wrongly)

    with pytest.raises(BrokenReleaseError, match="model's own; 1 are not"):
        build_release(job_of(raw_file), tmp_path / "out", Progress())

    assert list(tmp_path.iterdir()) == []


def test_nothing_writes_any_more_when_a_failed_evaluation_ends_the_run(
    raw_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed, written = threading.Event(), threading.Event()

    def fail(*_: object) -> None:
        failed.set()
        raise RejectedFileError(["nothing to measure"])

    def score_late(*args: object) -> pd.DataFrame:
        assert failed.wait(30)
        time.sleep(0.2)
        return score(*args)  # type: ignore[arg-type]

    def write_last(*args: object) -> None:
        write_scorer(*args)  # type: ignore[arg-type]
        written.set()

    score = training.release.scoring.score_users
    monkeypatch.setattr(Candidate, "assess", fail)
    monkeypatch.setattr(training.model_steps, "score_users", score_late)
    monkeypatch.setattr(training.model_steps, "write_scorer", write_last)

    with pytest.raises(RejectedFileError, match="nothing to measure"):
        build_release(job_of(raw_file), tmp_path / "out", Progress())

    assert written.is_set()
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_is_not_empty_is_left_alone(raw_file: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(DirectoryTakenError, match="must be new or empty"):
        build_release(job_of(raw_file), tmp_path, Progress())

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
