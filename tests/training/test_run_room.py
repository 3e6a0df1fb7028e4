"""How much temporary storage a run takes: measured on real runs, the second beside a champion."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from azure.storage.blob import ContainerClient

from tests.support.portfolios import make_portfolio, write_csv
from tests.support.uploads import RUN_SETTINGS, drop
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
    assert raw_bytes < peak[0] <= room_for(raw_bytes)
