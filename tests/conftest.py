"""Fixtures that many tests share, and the markers of the tests that need more than Python."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, override

import pytest
from azure.storage.blob import ContainerClient
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from devhost.storage.emulator import run_emulator
from tests.support.containers import new_container
from tests.support.fault_proxy import FaultProxy, run_fault_proxy
from tests.support.jobs import job_of
from tests.support.portfolios import make_portfolio, write_csv
from training.pipeline import build_release
from training.progress import Progress

# How long a test takes says something about the machine, not about the code.
settings.register_profile("untimed", deadline=None)
# HYPOTHESIS_PROFILE=long looks for more cases than there is time for in every run.
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "untimed"))

_MARKERS = {
    "storage": ["emulator"],
    "chromium": ["browser"],
    "release": ["training"],
    "started": ["emulator", "training"],
}
"""From a fixture to the markers of every test that uses it, directly or through another."""

_PROGRAMS = {"make", "start", "host", "training"}
"""Commands of the project that start an emulator or train a model in another process."""


_CAMPAIGNS = "tests/soak/"
_LONG = (
    _CAMPAIGNS,
    "tests/function_app/",
    "tests/training/test_run_room.py",
    "tests/tools/test_build_package.py",
    "tests/training/gates/test_look_back.py",
    "tests/training/test_killed_runs.py",
    "tests/training/test_retraining.py",
    "tests/training/gates/test_review.py",
    "tests/devhost/test_start.py",
    "tests/serving/test_openapi_fuzzing.py",
    "tests/training/test_champion_directory.py",
    "tests/training/features/test_engines.py",
    "tests/shared/registry/",
    "tests/training/",
)
"""What takes longest, in this order: with `-n`, each process takes the next module."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; mark each test by its fixtures, before pytest selects."""
    items.sort(key=_rank)
    for item in items:
        for fixture in _MARKERS.keys() & set(getattr(item, "fixturenames", ())):
            for marker in _MARKERS[fixture]:
                item.add_marker(marker)


class _ByModule(LoadFileScheduling):  # type: ignore[misc]
    """Hands out whole modules; those of the campaigns together, whose ground is dear."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        return _CAMPAIGNS if nodeid.startswith(_CAMPAIGNS) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Choose who runs what with `--dist loadfile`."""
    return _ByModule(config, log) if config.getvalue("dist") == "loadfile" else None


def _rank(item: pytest.Item) -> int:
    matching = (rank for rank, start in enumerate(_LONG) if item.nodeid.startswith(start))
    return next(matching, len(_LONG))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Fail an unmarked test that starts an emulator or trains: `make unit` would run it."""
    with pytest.MonkeyPatch.context() as patch:
        if not {"emulator", "browser", "training"} & {mark.name for mark in item.iter_markers()}:
            patch.setattr("devhost.storage.emulator.find_node", _refuse("emulator"))
            patch.setattr("training.model_steps.train", _refuse("training"))
            patch.setattr("subprocess.Popen", _GuardedPopen)
        return (yield)


def _refuse(marker: str) -> Callable[..., None]:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail(f"This test needs the marker {marker}: pytestmark = pytest.mark.{marker}")

    return refuse


class _GuardedPopen(subprocess.Popen[Any]):
    def __init__(self, args: Any, *rest: Any, **options: Any) -> None:
        words = set() if isinstance(args, str | bytes) else set(args)
        if _PROGRAMS & words and "--help" not in words:
            _refuse("emulator or training")()
        super().__init__(args, *rest, **options)


@pytest.fixture(scope="session")
def raw_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a raw file of 120 users; tests must not change it."""
    return write_csv(tmp_path_factory.mktemp("raw") / "loans.csv", make_portfolio())


@pytest.fixture(scope="session")
def release(raw_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the release directory of the raw file; tests must not change it."""
    out = tmp_path_factory.mktemp("release") / "made"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        build_release(job_of(raw_file), out, Progress())
        return out
    # The processes of a run share what is above their folders: one builds, the others copy.
    shared = tmp_path_factory.getbasetemp().parent / "release"
    with shared.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            build_release(job_of(raw_file), out, Progress())
            shutil.copytree(out, shared.with_suffix(".partial"))
            shared.with_suffix(".partial").rename(shared)
            return out
    return Path(shutil.copytree(shared, out))


@pytest.fixture(scope="session")
def storage() -> Iterator[str]:
    """Return the connection string of a storage emulator that only the tests use."""
    with run_emulator() as emulator:
        yield emulator.connection_string


@pytest.fixture
def fault_proxy(storage: str) -> Iterator[FaultProxy]:
    """Return a proxy before that emulator, which injects faults by rule."""
    with run_fault_proxy(storage) as proxy:
        yield proxy


@pytest.fixture
def inputs(storage: str) -> Iterator[ContainerClient]:
    """Return an empty container for uploads."""
    with new_container(storage, "input") as container:
        yield container


@pytest.fixture
def releases(storage: str) -> Iterator[ContainerClient]:
    """Return an empty container for releases."""
    with new_container(storage, "releases") as container:
        yield container
