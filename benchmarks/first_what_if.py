"""Lookups through the worker library while a first what-if loads its files.

Run as ``python -m benchmarks.first_what_if LOADER USER``, where LOADER is `scorer` (ours) or
`joblib` (the model file with its libraries); prints a line of JSON.
"""

import asyncio
import io
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.memory import own_peak_mb
from benchmarks.percentiles import describe_microseconds
from benchmarks.processes import ROOT
from devhost.host.host_log import configure_logging
from devhost.host.http_messages import HttpRequest
from devhost.host.worker import Worker
from serving.api.users import Applicant
from serving.current_release import CurrentRelease
from serving.loaded_release import load_release
from shared.registry.account import releases_container
from shared.registry.published import fetch_pointer, release_blob
from shared.release.features import MODEL_FEATURES
from shared.release.files import MODEL
from shared.settings import read_settings

WARM_UP_LOOKUPS = 1_000
SCORER_LOADS = 5
# A load of the scorer takes part of it. Lookups are counted until it is over, so that a load that
# takes less time is not worse for it.
LOOKUP_SECONDS = 1.0
_APPLICANT = json.dumps(dict.fromkeys(Applicant.__struct_fields__)).encode()
_HEADERS = {"host": "127.0.0.1", "content-type": "application/json"}

type Load = Callable[[], Awaitable[object]]


class LookupApp:
    """Our app in this process, with a release that can be reloaded.

    Attributes
    ----------
    scored_at : float
        When the applicant was last scored, by `time.perf_counter`.
    """

    def __init__(self, user: str) -> None:
        self._user = user
        self._container = releases_container(read_settings())
        found = fetch_pointer(self._container)
        if found is None:
            raise RuntimeError("Expected a published release.")
        self._pointer = found.pointer
        self._worker = Worker(ROOT)
        self.scored_at = 0.0

    async def start(self) -> None:
        """Index the app, and warm up its lookups."""
        await self._worker.index()
        for _ in range(WARM_UP_LOOKUPS):
            await self.look_up()

    def reload(self) -> None:
        """Fetch the same release again, ready for brief answers alone."""
        current: CurrentRelease = sys.modules["function_app"].RELEASE
        # The pointer has not moved, so the app itself would not reload.
        current.serve(load_release(self._container, self._pointer))

    async def settle(self) -> None:
        """Wait until the app's thread is done with what it serves."""
        watcher = sys.modules["function_app"].RELEASE.start()
        step = watcher.scorer_tried.next()
        watcher.look_now()
        await asyncio.wrap_future(step)

    async def look_up(self) -> float:
        """Look up one user; return the seconds it took."""
        request = HttpRequest("GET", "", params={"user_id": self._user}, headers=_HEADERS)
        started = time.perf_counter()
        await self._invoke("prediccion", request)
        return time.perf_counter() - started

    async def ask_what_if(self) -> None:
        """Score an applicant; manifest, table and scorer are loaded first."""
        await self._invoke(
            "prediccion_hipotetica", HttpRequest("POST", "", headers=_HEADERS, body=_APPLICANT)
        )
        self.scored_at = time.perf_counter()

    async def load_joblib(self) -> None:
        """Score an applicant with the model file, in a thread like a plain function."""
        await asyncio.to_thread(self._score_with_model)
        self.scored_at = time.perf_counter()

    def _score_with_model(self) -> None:
        import joblib  # noqa: PLC0415 -- the import is part of the measurement
        import pandas as pd  # noqa: PLC0415

        blob = self._container.download_blob(release_blob(self._pointer.version, MODEL))
        model = joblib.load(io.BytesIO(blob.readall()))
        applicant = pd.DataFrame([[None] * len(MODEL_FEATURES)], columns=list(MODEL_FEATURES))
        model.predict_proba(applicant.astype(float))

    async def _invoke(self, function: str, request: HttpRequest) -> None:
        answer = await self._worker.invoke_http(function, request)
        if answer.status != 200:
            raise RuntimeError(f"Expected 200, got {answer.status}: {answer.body[:200]!r}")


async def look_up_during(
    load: Load, look_up: Callable[[], Awaitable[float]]
) -> tuple[list[float], list[float]]:
    """Look up users from the start of a load on, until it is done and `LOOKUP_SECONDS` are over.

    Returns
    -------
    tuple of two lists of float
        The seconds of each lookup that began before the load was done, and of each after it.
    """
    loading = asyncio.ensure_future(load())
    # Let the load start: earlier lookups do not count.
    await asyncio.sleep(0)
    during: list[float] = []
    after: list[float] = []
    until = time.perf_counter() + LOOKUP_SECONDS
    while not loading.done() or time.perf_counter() < until:
        taken = after if loading.done() else during
        taken.append(await look_up())
    await loading
    return during, after


async def measure(loader: str, user: str) -> dict[str, Any]:
    """Time lookups during loads, and as many alone after each load of the scorer.

    Returns
    -------
    dict
        `during`, `second` and `alone`, the percentiles of the lookups of each kind: until an
        applicant is scored; until then and until a second is over; afterwards. `load_seconds`, the
        median time until then; `lookups`, the number of those in such seconds; `peak_mb`.
    """
    app = LookupApp(user)
    await app.start()
    await app.settle()
    # A process imports the libraries of the model file only once, so there is only one load.
    is_scorer = loader == "scorer"
    load, loads = (app.ask_what_if, SCORER_LOADS) if is_scorer else (app.load_joblib, 1)
    during: list[float] = []
    second: list[float] = []
    alone: list[float] = []
    load_seconds = []
    for _ in range(loads):
        await app.settle()
        app.reload()
        if not is_scorer:
            await app.settle()
        started = time.perf_counter()
        before_end, after_end = await look_up_during(load, app.look_up)
        load_seconds.append(app.scored_at - started)
        during += before_end
        seconds = before_end + after_end
        second += seconds
        # One load of the model file takes thousands of lookups; they are not compared with others.
        alone += [await app.look_up() for _ in seconds[: None if is_scorer else 1]]
    return {
        "during": describe_microseconds(during),
        "second": describe_microseconds(second),
        "alone": describe_microseconds(alone),
        "lookups": len(second),
        "load_seconds": median(load_seconds),
        "peak_mb": own_peak_mb(),
    }


if __name__ == "__main__":
    with Path(os.devnull).open("w") as log, redirect_stdout(log):
        configure_logging()
        measured = asyncio.run(measure(sys.argv[1], sys.argv[2]))
    print(json.dumps(measured), flush=True)
    # Do not wait for the app's threads.
    os._exit(0)
