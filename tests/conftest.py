"""What many tests stand on: a release, an emulator."""

from pathlib import Path

import pytest

from tests.portfolios import AS_OF, make_portfolio, write_csv
from training.pipeline import Order, build_release
from training.progress import Progress


@pytest.fixture(scope="session")
def raw_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a raw file of 120 users, not to be changed."""
    return write_csv(tmp_path_factory.mktemp("raw") / "loans.csv", make_portfolio())


@pytest.fixture(scope="session")
def release(raw_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the release directory of the raw file, not to be changed."""
    out = tmp_path_factory.mktemp("release") / "made"
    build_release(order_of(raw_file), out, Progress())
    return out


def order_of(csv: Path) -> Order:
    return Order(csv, {"name": csv.name}, AS_OF, cost_ratio=20.0)
