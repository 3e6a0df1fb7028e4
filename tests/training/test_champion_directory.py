"""A release directory as the champion, for a build without the cloud."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from azure.storage.blob import ContainerClient

from shared.errors import BrokenReleaseError
from shared.release.files import MANIFEST, MODEL
from tests.support.jobs import job_of
from tests.support.portfolios import make_portfolio, write_csv
from tests.support.stored_releases import change_manifest, publish, read_manifest, variant
from training.__main__ import main
from training.champion_store import fetch_champion, read_champion
from training.model.classifier import predict_default
from training.pipeline import build_release
from training.progress import Progress

pytestmark = pytest.mark.training


@pytest.fixture
def half(tmp_path: Path) -> Path:
    """Return a raw file with half of the champion's users, which a gate stops."""
    loans = make_portfolio()
    return write_csv(tmp_path / "half.csv", loans[loans["id"] <= 5_000_060])


def test_a_directory_is_judged_against_as_the_current_release_is(
    releases: ContainerClient,
    release: Path,
    half: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    publish(releases, release)
    job = replace(job_of(half), champion=fetch_champion(releases, tmp_path))
    triggered = build_release(job, tmp_path / "triggered", Progress())
    options = ["--as-of", "2022-03-08", "--champion", str(release)]

    assert main([str(half), "--out", str(tmp_path / "offline"), *options]) == 0

    offline = read_manifest(tmp_path / "offline")
    assert offline.gates == triggered.gates
    assert (offline.verdict, offline.drift) == (triggered.verdict, triggered.drift)
    assert offline.swap_set == triggered.swap_set
    assert offline.swap_set
    assert offline.swap_set.observed_after == "2022-03-08"
    assert offline.verdict == "stopped"
    assert offline.drift.champion == read_manifest(release).version
    assert "its gates: stopped" in capsys.readouterr().out


def test_without_a_readable_model_there_is_no_swap_set(
    release: Path, raw_file: Path, tmp_path: Path
) -> None:
    unreadable = replace(read_champion(release), model=None)

    for name, champion in (("none", None), ("unreadable", unreadable)):
        job = replace(job_of(raw_file), champion=champion)
        assert build_release(job, tmp_path / name, Progress()).swap_set is None


def test_the_directory_of_a_champion_is_read_and_left_as_it_is(release: Path) -> None:
    before = sorted(release.iterdir())

    champion = read_champion(release)

    assert champion.manifest == read_manifest(release)
    assert champion.model
    rows = pd.read_csv(release / "train_model.csv").head(5)
    assert (predict_default(champion.model, rows) > 0).all()
    assert sorted(release.iterdir()) == before


@pytest.mark.parametrize("content", [None, b"not what was published"])
def test_a_directory_whose_model_is_damaged_is_known_by_its_manifest_and_not_loaded(
    release: Path, tmp_path: Path, content: bytes | None
) -> None:
    copy = variant(release, tmp_path, "copy", "")
    (copy / MODEL).unlink()
    if content:
        (copy / MODEL).write_bytes(content)

    champion = read_champion(copy)

    assert champion.model is None
    assert champion.manifest.version == "copy"


def test_a_directory_whose_model_was_fitted_with_another_library_is_left_alone(
    release: Path, tmp_path: Path
) -> None:
    copy = variant(release, tmp_path, "copy", "")
    change_manifest(copy, libraries={"scikit-learn": "1.0.2"})

    assert read_champion(copy).model is None


@pytest.mark.parametrize("content", [None, b'{"version": "copy"}'])
def test_a_directory_without_a_readable_manifest_is_no_champion(
    release: Path, tmp_path: Path, content: bytes | None
) -> None:
    copy = variant(release, tmp_path, "copy", "")
    (copy / MANIFEST).unlink()
    if content:
        (copy / MANIFEST).write_bytes(content)

    with pytest.raises(BrokenReleaseError):
        read_champion(copy)


def test_a_champion_that_is_no_release_ends_the_build_before_it_starts(
    raw_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"

    code = main([str(raw_file), "--out", str(out), "--champion", str(tmp_path / "nowhere")])

    assert code == 2
    assert "Expected a release directory" in capsys.readouterr().err
    assert not out.exists()
