"""The whole app, through Microsoft's worker library, with real bindings and real storage."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from devhost.host.worker import Worker
from serving.current_release import CurrentRelease
from serving.late_handlers import LateHandlers
from serving.user_handlers import UserHandlers
from tests.support.invoked_app import App
from tests.support.paths import ROOT


@pytest.fixture(scope="package")
def worker(storage: str) -> Iterator[App]:
    with pytest.MonkeyPatch.context() as settings, asyncio.Runner() as runner:
        settings.setenv("AzureWebJobsStorage", storage)
        settings.setenv("RELEASE_REFRESH_SECONDS", "0.05")
        settings.setenv("AS_OF", "2022-03-08")
        settings.setenv("BUILD_ID", "b42")
        settings.setenv("RETRY_PAUSES", "0")
        settings.delenv("BLOB_TRIGGER_SOURCE", raising=False)
        # Each worker process of the platform indexes the app once: so does each of these.
        settings.delitem(sys.modules, "function_app", raising=False)
        worker = Worker(ROOT)
        runner.run(worker.index())
        # Each test follows the pointer with an object of its own.
        sys.modules["function_app"].RELEASE.close()
        yield App(worker, runner, storage)


@pytest.fixture
def app(worker: App, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    worker.empty()
    served = CurrentRelease()
    monkeypatch.setattr("function_app.RELEASE", served)
    monkeypatch.setattr("function_app.USERS", UserHandlers(served))
    monkeypatch.setattr("function_app.HANDLERS", LateHandlers(served, lambda: "b42"))
    yield worker
    served.close()


type Blobs = dict[str, bytes]


@pytest.fixture(scope="session")
def stores() -> dict[str, Blobs]:
    """Return what was made once by real runs: with `-n`, the package comes and goes."""
    return {}


@pytest.fixture(scope="package")
def store_with_release(worker: App, raw_file: Path, stores: dict[str, Blobs]) -> Blobs:
    """Return the blobs of a store with a served release, made from the raw file."""
    if "release" not in stores:
        worker.empty()
        worker.drop(raw_file.read_bytes())
        stores["release"] = worker.save()
    return stores["release"]


@pytest.fixture(scope="package")
def store_with_candidate(
    worker: App, raw_file: Path, store_with_release: Blobs, stores: dict[str, Blobs]
) -> Blobs:
    """Return the blobs of a store with a served release and a pending one."""
    if "candidate" not in stores:
        worker.empty()
        worker.restore(store_with_release)
        with pytest.MonkeyPatch.context() as settings:
            settings.setenv("PROMOTION", "manual")
            worker.drop(raw_file.read_bytes(), "next.csv")
        stores["candidate"] = worker.save()
    return stores["candidate"]


@pytest.fixture
def served(store_with_release: Blobs, app: App) -> App:
    """Return the app with a release of the raw file, as a run has left it."""
    app.restore(store_with_release)
    return app


@pytest.fixture
def candidate(
    store_with_candidate: dict[str, bytes], app: App, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Return the version of a pending release, beside a served one."""
    monkeypatch.setenv("APPROVAL_KEY", "s3cret")
    app.restore(store_with_candidate)
    (pending,) = [run for run in app.runs() if run["state"] == "pending"]
    return str(pending["version"])
