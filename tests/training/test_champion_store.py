"""The champion as it is fetched from storage, and as it keeps serving."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from azure.storage.blob import ContainerClient

from shared.registry.published import fetch_pointer, release_blob
from shared.registry.runs import RunRecord, run_blob_name, run_id
from shared.release.files import MANIFEST, MODEL, file_sha256
from shared.settings import RunSettings
from tests.support.paths import SAMPLE
from tests.support.portfolios import AS_OF, make_portfolio, write_csv
from tests.support.release_facts import make_manifest
from tests.support.stored_releases import change_manifest, publish, read_manifest, variant
from training.champion_store import fetch_champion
from training.gates.champion import SAMPLE_SHA256, Champion
from training.model.classifier import predict_default
from training.retraining import retrain

pytestmark = pytest.mark.training


def change(release: Path, folder: Path, facts: dict[str, Any]) -> Path:
    copy = variant(release, folder, "changed", "")
    change_manifest(copy, **facts)
    return copy


def test_before_the_first_release_there_is_no_champion(
    releases: ContainerClient, tmp_path: Path
) -> None:
    assert fetch_champion(releases, tmp_path) is None


def test_the_champion_is_the_current_release_and_leaves_no_file(
    releases: ContainerClient, release: Path, raw_file: Path, tmp_path: Path
) -> None:
    publish(releases, release)

    champion = fetch_champion(releases, tmp_path)

    assert champion
    assert champion.manifest == read_manifest(release)
    assert list(tmp_path.iterdir()) == []
    rows = pd.read_csv(release / "train_model.csv").head(5)
    assert champion.model
    assert (predict_default(champion.model, rows) > 0).all()


@pytest.mark.parametrize(
    "facts", [{"features": ["age"]}, {"libraries": {"scikit-learn": "1.0.2"}}, {"libraries": {}}]
)
def test_a_model_that_this_code_may_not_read_is_left_alone(
    releases: ContainerClient, release: Path, tmp_path: Path, facts: dict[str, Any]
) -> None:
    publish(releases, change(release, tmp_path, facts))
    releases.delete_blob(release_blob("changed", MODEL))

    champion = fetch_champion(releases, tmp_path)

    assert champion
    assert champion.model is None
    assert champion.manifest.version == "changed"


def damage(releases: ContainerClient, release: Path, name: str, content: bytes | None) -> None:
    """Publish a release, and lose one of its files, or put something else in its place."""
    publish(releases, release)
    blob = release_blob(read_manifest(release).version, name)
    if content is None:
        releases.delete_blob(blob)
    else:
        releases.upload_blob(blob, content, overwrite=True)


@pytest.mark.parametrize("content", [None, b"not what was published"])
def test_a_release_whose_manifest_is_damaged_is_no_champion(
    releases: ContainerClient, release: Path, tmp_path: Path, content: bytes | None
) -> None:
    damage(releases, release, MANIFEST, content)

    assert fetch_champion(releases, tmp_path) is None


@pytest.mark.parametrize("content", [None, b"not what was published"])
def test_a_champion_whose_model_is_damaged_is_known_by_its_manifest_and_not_loaded(
    releases: ContainerClient, release: Path, tmp_path: Path, content: bytes | None
) -> None:
    damage(releases, release, MODEL, content)

    champion = fetch_champion(releases, tmp_path)

    assert champion
    assert champion.model is None
    assert champion.manifest == read_manifest(release)


@pytest.mark.parametrize(
    ("source", "placeholder"),
    [
        ({"name": "loans.csv"}, False),
        ({"name": "loans.csv", "sha256": "0" * 64}, False),
        ({"name": "anything.csv", "sha256": SAMPLE_SHA256}, True),
    ],
)
def test_only_a_champion_made_from_the_projects_own_sample_is_a_placeholder(
    source: dict[str, str], placeholder: bool
) -> None:
    assert Champion(make_manifest(source=source), None).is_placeholder is placeholder


def test_the_projects_own_sample_is_known_by_its_digest() -> None:

    assert file_sha256(SAMPLE) == SAMPLE_SHA256


def test_a_file_with_half_the_users_is_refused_and_the_champion_keeps_serving(
    inputs: ContainerClient, releases: ContainerClient, release: Path, tmp_path: Path
) -> None:
    publish(releases, release)
    serving = fetch_pointer(releases)
    loans = make_portfolio()
    csv = write_csv(tmp_path / "half.csv", loans[loans["id"] <= 5_000_060])
    upload = inputs.upload_blob("half.csv", csv.read_bytes())

    retrain(upload, releases, RunSettings(as_of=AS_OF))

    properties = upload.get_blob_properties()
    run = run_id("half.csv", properties.etag, properties.last_modified)
    record: RunRecord = json.loads(releases.download_blob(run_blob_name(run)).readall())
    assert record["state"] == "refused"
    assert any("60 users; the champion had 120" in problem for problem in record["problems"])
    assert fetch_pointer(releases) == serving
