"""The pipeline: from a raw file to a complete release directory, or none."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace

from shared.release.facts import DataQuality
from shared.release.features import ADDED_FEATURES, MODEL_FEATURES, REFERENCE_FEATURES
from shared.release.files import (
    MANIFEST,
    MODEL,
    MODEL_CARD,
    REPORT,
    SCORER,
    SERVING_TABLE,
    TRAINING_TABLE,
    USER_INDEX,
    file_sha256,
)
from tests.support.datasets import make_dataset
from tests.support.jobs import job_of
from tests.support.portfolios import make_portfolio, write_csv
from tests.support.step_entries import StepEntries
from tests.support.stored_releases import read_manifest
from training.pipeline import build_release
from training.progress import Progress

pytestmark = pytest.mark.training


def test_a_release_holds_its_files_and_their_digests(release: Path) -> None:
    files = read_manifest(release).files

    assert {path.name for path in release.iterdir()} == {*files, MANIFEST}
    assert set(files) == {
        TRAINING_TABLE,
        MODEL,
        SERVING_TABLE,
        USER_INDEX,
        SCORER,
        REPORT,
        MODEL_CARD,
    }
    for name, facts in files.items():
        assert facts.sha256 == file_sha256(release / name)
        assert facts.bytes == (release / name).stat().st_size


def test_the_manifest_states_what_the_release_is(release: Path) -> None:
    manifest = read_manifest(release)

    assert manifest.as_of == "2022-03-08"
    assert manifest.features == list(MODEL_FEATURES)
    assert manifest.counts.users == 120
    assert manifest.counts.training_loans > manifest.counts.test_loans > 0
    assert {gate.name for gate in manifest.gates} >= {"score_parity", "age_rule", "auc"}
    assert manifest.verdict == "warned", "there are too few test defaults to judge by"
    assert manifest.drift.champion is None
    assert manifest.decision.threshold == pytest.approx(1 / 21)
    assert "20 times" in manifest.decision.chosen_by
    assert {"roc_auc", "average_precision", "brier", "base_rate"} <= set(manifest.metrics)
    assert {"python", "pandas", "scikit-learn"} <= set(manifest.libraries)
    assert manifest.version.startswith(manifest.created[:4])
    assert len(manifest.code_version) == 12


def test_the_report_names_the_libraries_in_the_manifest(release: Path) -> None:
    report = (release / REPORT).read_text()

    for library in read_manifest(release).libraries:
        assert f">{library}<" in report


def test_the_training_table_has_every_loan_and_the_reference_columns(
    raw_file: Path, release: Path
) -> None:
    raw = pd.read_csv(raw_file)
    table = pd.read_csv(release / TRAINING_TABLE)

    assert list(table.columns[:7]) == ["id", *REFERENCE_FEATURES, "status"]
    assert list(table.columns[7:]) == ["loan_id", "loan_date", *ADDED_FEATURES]
    pd.testing.assert_series_equal(
        table.set_index("loan_id")["status"].sort_index(),
        raw.set_index("loan_id")["status"].sort_index(),
        check_dtype=False,
    )


def test_the_model_file_knows_its_features(release: Path) -> None:
    model = joblib.load(release / MODEL)

    assert tuple(model.feature_names_in_) == MODEL_FEATURES


def test_the_same_file_gives_the_same_release_except_for_its_time(
    raw_file: Path, release: Path, tmp_path: Path
) -> None:
    build_release(job_of(raw_file), tmp_path / "again", Progress())

    first, second = read_manifest(release), read_manifest(tmp_path / "again")
    assert replace(first, version=second.version, created=second.created) == second


def test_a_loan_with_an_unknown_outcome_is_served_but_not_trained_or_tested_on(
    tmp_path: Path,
) -> None:
    portfolio = make_portfolio()
    latest = portfolio.sort_values(["loan_date", "loan_id"]).drop_duplicates("id", keep="last")
    portfolio.loc[latest.index, "status"] = None
    csv = write_csv(tmp_path / "loans.csv", portfolio)

    manifest = build_release(job_of(csv), tmp_path / "out", Progress())

    counts = manifest.counts
    assert counts.loans_with_unknown_outcome == counts.users == 120
    part = make_dataset(portfolio)
    used = [part.split.training, part.split.calibration, part.split.unseen, part.split.seen]
    assert not (np.any(used, axis=0) & part.loans["status"].isna()).any()
    assert counts.training_loans == part.split.training.sum() > 0
    table = pd.read_csv(tmp_path / "out" / TRAINING_TABLE)
    assert table["status"].isna().sum() == 120


def test_the_manifest_counts_unusual_values_in_the_file(release: Path, tmp_path: Path) -> None:
    portfolio = make_portfolio()
    portfolio.loc[portfolio["id"] == 5_000_001, "code_gender"] = "X"
    csv = write_csv(tmp_path / "loans.csv", portfolio)

    manifest = build_release(job_of(csv), tmp_path / "out", Progress())

    assert read_manifest(release).data_quality == DataQuality(len(portfolio), [])
    (warning,) = manifest.data_quality.warnings
    assert warning.column == "code_gender"
    assert warning.count == (portfolio["code_gender"] == "X").sum()


def test_the_manifest_describes_the_distribution_of_the_scores(release: Path) -> None:
    population = read_manifest(release).population

    percentiles = population.probability_percentiles
    assert len(percentiles) == 101
    assert percentiles == sorted(percentiles)
    assert 0 <= population.predicted_default_share <= 1


def test_every_step_is_reported_as_it_starts_and_ends(raw_file: Path, tmp_path: Path) -> None:
    listener = StepEntries()
    build_release(job_of(raw_file), tmp_path / "out", Progress([listener]))

    listener.require_whole_run()
