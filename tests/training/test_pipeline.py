"""From a raw file to a release directory, and nothing in between."""

import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest

import training.pipeline
import training.release.scoring
from shared.errors import BrokenReleaseError, RejectedFileError
from shared.release.features import MODEL_FEATURES, RECORD_FEATURES, REFERENCE_FEATURES
from shared.release.manifest import (
    MANIFEST,
    MODEL,
    MODEL_CARD,
    REPORT,
    SCORER,
    SERVING_TABLE,
    TRAINING_TABLE,
    file_sha256,
)
from tests.support.jobs import job_of
from tests.support.portfolios import AS_OF, make_portfolio, write_csv
from training.dataset.dataset import Dataset
from training.pipeline import build_release
from training.progress import Progress, Step
from training.release.directory import DirectoryTakenError


def read_manifest(release: Path) -> dict[str, object]:
    manifest: dict[str, object] = json.loads((release / MANIFEST).read_text())
    return manifest


def test_a_release_holds_its_files_and_their_digests(release: Path) -> None:
    manifest = json.loads((release / MANIFEST).read_text())

    assert {path.name for path in release.iterdir()} == {*manifest["files"], MANIFEST}
    assert set(manifest["files"]) == {
        TRAINING_TABLE,
        MODEL,
        SERVING_TABLE,
        SCORER,
        REPORT,
        MODEL_CARD,
    }
    for name, facts in manifest["files"].items():
        assert facts["sha256"] == file_sha256(release / name)
        assert facts["bytes"] == (release / name).stat().st_size


def test_the_manifest_states_what_the_release_is(release: Path) -> None:
    manifest = json.loads((release / MANIFEST).read_text())

    assert manifest["as_of"] == "2022-03-08"
    assert manifest["features"] == list(MODEL_FEATURES)
    assert manifest["counts"]["users"] == 120
    assert manifest["counts"]["training_loans"] > manifest["counts"]["test_loans"] > 0
    assert {gate["name"] for gate in manifest["gates"]} >= {"score_parity", "age_rule", "auc"}
    assert manifest["verdict"] == "warned", "so few test defaults are too few to judge by"
    assert manifest["drift"]["champion"] is None
    assert manifest["decision"]["threshold"] == pytest.approx(1 / 21)
    assert "20 times" in manifest["decision"]["chosen_by"]
    assert {"roc_auc", "average_precision", "brier", "base_rate"} <= set(manifest["metrics"])
    assert {"python", "pandas", "scikit-learn"} <= set(manifest["libraries"])
    assert manifest["version"].startswith(manifest["created"][:4])
    assert len(manifest["code_version"]) == 12


def test_the_report_names_the_libraries_that_the_manifest_names(release: Path) -> None:
    report = (release / REPORT).read_text()

    for library in json.loads((release / MANIFEST).read_text())["libraries"]:
        assert f">{library}<" in report


def test_the_training_table_has_every_loan_and_the_references_columns(
    raw_file: Path, release: Path
) -> None:
    raw = pd.read_csv(raw_file)
    table = pd.read_csv(release / TRAINING_TABLE)

    assert list(table.columns[:7]) == ["id", *REFERENCE_FEATURES, "status"]
    assert list(table.columns[7:]) == ["loan_id", "loan_date", *RECORD_FEATURES]
    pd.testing.assert_series_equal(
        table.set_index("loan_id")["status"].sort_index(),
        raw.set_index("loan_id")["status"].sort_index(),
        check_dtype=False,
    )


def test_the_model_file_knows_its_features(release: Path) -> None:
    model = joblib.load(release / MODEL)

    assert tuple(model.feature_names_in_) == MODEL_FEATURES


def test_the_same_file_gives_the_same_release_but_for_its_times(
    raw_file: Path, release: Path, tmp_path: Path
) -> None:
    build_release(job_of(raw_file), tmp_path / "again", Progress())

    first, second = read_manifest(release), read_manifest(tmp_path / "again")
    for name in ("version", "created"):
        first.pop(name), second.pop(name)
    assert first == second


def test_a_loan_with_an_unknown_outcome_is_served_and_neither_trained_nor_tested_on(
    tmp_path: Path,
) -> None:
    portfolio = make_portfolio()
    latest = portfolio.sort_values(["loan_date", "loan_id"]).drop_duplicates("id", keep="last")
    portfolio.loc[latest.index, "status"] = None
    csv = write_csv(tmp_path / "loans.csv", portfolio)

    manifest = build_release(job_of(csv), tmp_path / "out", Progress())

    counts = manifest["counts"]
    assert counts["loans_with_unknown_outcome"] == counts["users"] == 120
    part = Dataset.describe(portfolio, AS_OF, 90)
    used = [part.split.training, part.split.calibration, part.split.unseen, part.split.seen]
    assert not (np.any(used, axis=0) & part.loans["status"].isna()).any()
    assert counts["training_loans"] == part.split.training.sum() > 0
    table = pd.read_csv(tmp_path / "out" / TRAINING_TABLE)
    assert table["status"].isna().sum() == 120


def test_the_manifest_counts_what_is_unusual_in_the_file(release: Path, tmp_path: Path) -> None:
    portfolio = make_portfolio()
    portfolio.loc[portfolio["id"] == 5_000_001, "code_gender"] = "X"
    csv = write_csv(tmp_path / "loans.csv", portfolio)

    manifest = build_release(job_of(csv), tmp_path / "out", Progress())

    assert read_manifest(release)["data_quality"] == {"rows": len(portfolio), "warnings": []}
    (warning,) = json.loads(json.dumps(manifest))["data_quality"]["warnings"]
    assert warning["column"] == "code_gender"
    assert warning["count"] == (portfolio["code_gender"] == "X").sum()


def test_the_manifest_tells_how_the_scores_are_spread(release: Path) -> None:
    population = json.loads((release / MANIFEST).read_text())["population"]

    percentiles = population["probability_percentiles"]
    assert len(percentiles) == 101
    assert percentiles == sorted(percentiles)
    assert 0 <= population["predicted_default_share"] <= 1


def test_a_file_with_too_few_defaults_is_rejected_and_leaves_nothing(tmp_path: Path) -> None:
    csv = write_csv(tmp_path / "loans.csv", make_portfolio().assign(status=0.0))

    with pytest.raises(RejectedFileError, match="at least 10 loans not paid on time"):
        build_release(job_of(csv), tmp_path / "out", Progress())

    assert [path.name for path in tmp_path.iterdir()] == ["loans.csv"]


def test_a_release_whose_scores_are_not_the_models_never_appears(
    raw_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def score_wrongly(*args: object) -> pd.DataFrame:
        scored = honest(*args)  # type: ignore[arg-type]
        scored.loc[scored.index[3], "probability"] = 0.5
        return scored

    honest = training.release.scoring.score_users
    monkeypatch.setattr(training.pipeline, "score_users", score_wrongly)

    with pytest.raises(BrokenReleaseError, match="model's own; 1 are not"):
        build_release(job_of(raw_file), tmp_path / "out", Progress())

    assert list(tmp_path.iterdir()) == []


def test_a_directory_with_something_in_it_is_left_alone(raw_file: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(DirectoryTakenError, match="must be new or empty"):
        build_release(job_of(raw_file), tmp_path, Progress())

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_every_step_is_told_as_it_starts_and_ends(raw_file: Path, tmp_path: Path) -> None:
    class Diary:
        def __init__(self) -> None:
            self.entries: list[str] = []

        def step_started(self, step: Step) -> None:
            self.entries.append(f"{step.name} …")

        def step_finished(self, step: Step) -> None:
            self.entries.append(step.name)
            assert step.detail
            assert step.seconds > 0

        def step_failed(self, step: Step) -> None:
            self.entries.append(f"{step.name} failed")

    diary = Diary()
    build_release(job_of(raw_file), tmp_path / "out", Progress([diary]))

    steps = ["read", "engineer", "write", "split", "train", "evaluate"]
    steps += ["score", "check", "review", "report"]
    assert diary.entries == [entry for name in steps for entry in (f"{name} …", name)]
