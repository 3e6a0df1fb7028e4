"""How much temporary storage a run takes: measured on real runs, the second beside a champion."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from azure.storage.blob import ContainerClient

from tests.support.portfolios import make_portfolio, write_csv
from tests.support.uploads import RUN_SETTINGS, drop, record_of
from training.features.engineering import EngineeredFeatures, engineer_features
from training.retraining import retrain
from training.run_folder import PREFIX, room_for

_SAMPLED_EVERY_SECONDS = 0.02


@contextmanager
def peak_bytes(place: Path) -> Iterator[list[int]]:
    """Sample how much the folders of runs hold; give the most that was seen."""
    peak = [0]
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(_SAMPLED_EVERY_SECONDS):
            peak[0] = max(peak[0], sum(map(_size, place.glob(f"{PREFIX}*/**/*"))))

    sampling = threading.Thread(target=sample)
    sampling.start()
    try:
        yield peak
    finally:
        ended.set()
        sampling.join()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:
        return 0


@pytest.mark.parametrize("n_users", [120, 2000])
def test_a_run_takes_no_more_room_than_it_asks_for(
    inputs: ContainerClient,
    releases: ContainerClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    n_users: int,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    csv = write_csv(tmp_path / "loans.csv", make_portfolio(n_users))
    retrain(drop(inputs, csv.read_bytes()), releases, RUN_SETTINGS)

    with peak_bytes(tmp_path) as peak:
        retrain(drop(inputs, csv.read_bytes(), "next.csv"), releases, RUN_SETTINGS)

    raw_bytes = csv.stat().st_size
    assert raw_bytes <= peak[0] <= room_for(raw_bytes)


def test_the_raw_file_is_removed_once_it_is_read(
    inputs: ContainerClient,
    releases: ContainerClient,
    raw_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left: list[Path] = []

    def engineer(*arguments: Any) -> EngineeredFeatures:
        left.extend(tmp_path.glob(f"{PREFIX}*/raw.csv"))
        return engineer_features(*arguments)

    monkeypatch.setattr("training.pipeline.engineer_features", engineer)
    upload = drop(inputs, raw_file.read_bytes())

    retrain(upload, releases, RUN_SETTINGS)

    assert left == []
    assert raw_file.exists()
    assert upload.exists()
    assert record_of(upload, releases)["state"] == "published"


def test_a_file_that_no_instance_of_this_size_has_room_for_is_rejected_before_it_is_downloaded(
    inputs: ContainerClient,
    releases: ContainerClient,
    raw_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    usage = shutil.disk_usage(tmp_path)
    needed = room_for(raw_file.stat().st_size)
    small = usage._replace(total=needed - 1, free=needed - 1)
    monkeypatch.setattr("training.run_folder.shutil.disk_usage", lambda _: small)
    upload = drop(inputs, raw_file.read_bytes())

    with peak_bytes(tmp_path) as peak:
        retrain(upload, releases, RUN_SETTINGS)
        # Delivered again, as after a crash: it has ended.
        retrain(upload, releases, RUN_SETTINGS)

    run = record_of(upload, releases)
    assert (run["state"], run["attempt"]) == ("rejected", 1)
    assert f"takes {needed:,}" in run["problems"][0]
    assert "a plan with more" in run["problems"][0]
    assert peak[0] == 0
