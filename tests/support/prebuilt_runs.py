"""Runs that copy a release instead of building one: what they write to storage is what counts."""

import shutil
from collections.abc import Callable
from pathlib import Path

from azure.storage.blob import BlobClient, ContainerClient

from shared.registry.decision_log import fetch_record
from shared.release.files import MANIFEST, MODEL, TRAINING_TABLE
from shared.release.manifest import Manifest
from tests.support.stored_releases import change_manifest, current_version, read_manifest
from tests.support.uploads import record_of
from training.pipeline import TrainingJob
from training.progress import Progress

OTHER_FOLDERS = {"runs", "decisions", "output", "train_models", "history", "intents", "raw"}


def shrink(release: Path, folder: Path) -> Path:
    """Copy a release with two of its files: what a run does with one, it does with all."""
    small = Path(shutil.copytree(release, folder / "small"))
    files = read_manifest(small).files
    kept = {name: files[name] for name in (MODEL, TRAINING_TABLE)}
    for name in files.keys() - kept.keys():
        (small / name).unlink()
    change_manifest(small, files=kept)
    return small


def copy_of(release: Path) -> Callable[[TrainingJob, Path, Progress], Manifest]:
    builds = iter(range(1000))

    def build(job: TrainingJob, out: Path, progress: Progress) -> Manifest:
        assert job.version
        shutil.copytree(release, out)
        # No two attempts build the same bytes.
        return change_manifest(
            out, version=job.version, source=job.source, evaluated_on=f"build {next(builds)}"
        )

    return build


def assert_one_whole_release(upload: BlobClient, releases: ContainerClient) -> None:
    record = record_of(upload, releases)
    version = record["version"]
    names = set(releases.list_blob_names())
    assert record["state"] == "published"
    assert current_version(releases) == version
    assert {name.split("/")[0] for name in names if "/" in name} <= {version, *OTHER_FOLDERS}
    actions = [event.action for event in fetch_record(releases, version).events]
    assert actions.count("stored") == 1
    assert releases.download_blob(f"{version}/{MANIFEST}").readall()
