"""Planted code: a pickle that lies anywhere in storage is never loaded."""

import io
from pathlib import Path

import joblib
import pytest
from azure.storage.blob import ContainerClient

import training.champion_store
from serving.loaded_release import load_release
from shared.registry.published import fetch_pointer, release_blob
from shared.release.files import MODEL
from shared.release.manifest import Manifest, check_file
from tests.support.planted_pickles import plant
from tests.support.stored_releases import publish, read_manifest, variant
from tests.support.uploads import RUN_SETTINGS, drop, record_of
from training.champion_store import fetch_champion, read_champion
from training.retraining import retrain

pytestmark = pytest.mark.training


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Return the path of the file that exists once planted code has run."""
    return tmp_path / "planted code ran"


def test_the_planted_pickle_runs_code_where_it_is_loaded(trace: Path) -> None:
    joblib.load(io.BytesIO(plant(trace)))

    assert trace.exists()


@pytest.mark.parametrize("name", ["model_risk.joblib.csv", "loans.csv", "model/..risk.csv"])
def test_a_pickle_dropped_as_an_upload_is_rejected_as_no_csv(
    inputs: ContainerClient, releases: ContainerClient, trace: Path, name: str
) -> None:
    upload = drop(inputs, plant(trace), name)

    retrain(upload, releases, RUN_SETTINGS)

    record = record_of(upload, releases)
    assert record["state"] == "rejected"
    assert not trace.exists()
    assert fetch_pointer(releases) is None


def test_a_pickle_in_the_place_of_the_champions_model_is_not_loaded(
    releases: ContainerClient, release: Path, tmp_path: Path, trace: Path
) -> None:
    publish(releases, release)
    version = read_manifest(release).version
    for name in (release_blob(version, MODEL), f"train_models/{MODEL}", "classifier.py"):
        releases.upload_blob(name, plant(trace), overwrite=True)
    folder = tmp_path / "files"
    folder.mkdir()

    champion = fetch_champion(releases, folder)

    assert champion
    assert champion.model is None
    assert not trace.exists()


def test_a_served_release_never_loads_its_model(
    releases: ContainerClient, release: Path, trace: Path
) -> None:
    publish(releases, release)
    current = fetch_pointer(releases)
    assert current
    releases.upload_blob(release_blob(current.pointer.version, MODEL), plant(trace), overwrite=True)

    loaded = load_release(releases, current.pointer)
    loaded.complete()

    assert loaded.find_user(5_000_042)
    loaded.load_scorer()
    assert loaded.scorer()
    assert not trace.exists()


def test_a_pickle_that_takes_the_models_place_after_the_check_is_not_loaded(
    release: Path, tmp_path: Path, trace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = variant(release, tmp_path, "copy", "")

    def check_then_swap(path: Path, manifest: Manifest) -> None:
        check_file(path, manifest)
        if path.name == MODEL:
            path.write_bytes(plant(trace))

    monkeypatch.setattr(training.champion_store, "check_file", check_then_swap)

    champion = read_champion(copy)

    assert not trace.exists()
    assert champion.model is None


def test_pickles_beside_the_files_of_a_champions_directory_are_not_loaded(
    release: Path, tmp_path: Path, trace: Path
) -> None:
    copy = variant(release, tmp_path, "copy", "")
    for name in ("model.joblib", "model_risk.pkl", "conftest.py", "sklearn.py"):
        (copy / name).write_bytes(plant(trace))

    assert read_champion(copy).model
    assert not trace.exists()
