"""Shared fixtures: a raw file, a release, a storage emulator."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from azure.storage.blob import BlobServiceClient, ContainerClient
from hypothesis import settings

from devhost.storage.emulator import run_emulator
from tests.support.jobs import job_of
from tests.support.portfolios import make_portfolio, write_csv
from training.pipeline import build_release
from training.progress import Progress

# The duration of a test depends on the machine: no deadlines.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def raw_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a raw file of 120 users, read-only."""
    return write_csv(tmp_path_factory.mktemp("raw") / "loans.csv", make_portfolio())


@pytest.fixture(scope="session")
def release(raw_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the release directory of the raw file, read-only."""
    out = tmp_path_factory.mktemp("release") / "made"
    build_release(job_of(raw_file), out, Progress())
    return out


@pytest.fixture(scope="session")
def storage() -> Iterator[str]:
    """Return the connection string of a storage emulator of the tests' own."""
    with run_emulator() as emulator:
        yield emulator.connection_string


@pytest.fixture
def inputs(storage: str) -> Iterator[ContainerClient]:
    """Return an empty container to drop files into."""
    with new_container(storage, "input") as container:
        yield container


@pytest.fixture
def releases(storage: str) -> Iterator[ContainerClient]:
    """Return an empty container to publish releases in."""
    with new_container(storage, "releases") as container:
        yield container


@contextmanager
def new_container(storage: str, kind: str) -> Iterator[ContainerClient]:
    with BlobServiceClient.from_connection_string(storage, retry_total=0) as service:
        yield service.create_container(f"{kind}-{uuid4().hex[:12]}")
