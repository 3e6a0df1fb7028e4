"""Keyed reads through the worker library while a first what-if fetches and loads what it needs.

Run as ``python -m benchmarks.first_what_if WAY USER``, where WAY is `scorer` (ours) or `joblib`
(the model file with its libraries); prints a line of JSON.
"""

import asyncio
import io
import json
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.percentiles import describe_microseconds
from benchmarks.processes import ROOT
from devhost.host.http_messages import HttpRequest
from devhost.host.logs import configure_logging
from devhost.host.worker import Worker
from serving.current_release import CurrentRelease
from serving.loaded_release import load_release
from shared.registry.account import releases_container
from shared.registry.published import fetch_pointer, release_blob
from shared.release.features import MODEL_FEATURES
from shared.release.manifest import MODEL
from shared.settings import read_settings

WARM_UP_READS = 1_000
SCORER_LOADS = 100
_APPLICANT = json.dumps(dict.fromkeys(MODEL_FEATURES)).encode()
_HEADERS = {"host": "127.0.0.1", "content-type": "application/json"}

type Load = Callable[[], Awaitable[object]]


class ReadApp:
    """Our app in this process, with a release that is as fresh as asked for."""

    def __init__(self, user: str) -> None:
        self._user = user
        self._container = releases_container(read_settings())
        found = fetch_pointer(self._container)
        if found is None:
            raise RuntimeError("Expected a published release.")
        self._pointer = found.pointer
        self._worker = Worker(ROOT)

    async def start(self) -> None:
        """Index the app, and read until reading is as fast as it gets."""
        await self._worker.index()
        for _ in range(WARM_UP_READS):
            await self.read()

    def renew(self) -> None:
        """Serve the same release from files fetched anew, of which none but the table is open."""
        current: CurrentRelease = sys.modules["function_app"].RELEASE
        # The pointer has not moved, so the app itself would keep what it has.
        current._release = load_release(self._container, self._pointer)

    async def read(self) -> float:
        """Answer one user; give the seconds that it took."""
        request = HttpRequest("GET", "", params={"user_id": self._user}, headers=_HEADERS)
        begun = time.perf_counter()
        await self._invoke("prediccion", request)
        return time.perf_counter() - begun

    async def ask_what_if(self) -> None:
        """Answer an applicant, with the scorer that is fetched and loaded where it is not yet."""
        await self._invoke(
            "prediccion_hipotetica", HttpRequest("POST", "", headers=_HEADERS, body=_APPLICANT)
        )

    async def load_joblib(self) -> None:
        """Score an applicant with the model file, in a thread as a plain function would."""
        await asyncio.to_thread(self._score_with_model)

    def _score_with_model(self) -> None:
        import joblib  # noqa: PLC0415 -- its cost is what is measured
        import pandas as pd  # noqa: PLC0415

        blob = self._container.download_blob(release_blob(self._pointer.version, MODEL))
        model = joblib.load(io.BytesIO(blob.readall()))
        applicant = pd.DataFrame([[None] * len(MODEL_FEATURES)], columns=list(MODEL_FEATURES))
        model.predict_proba(applicant.astype(float))

    async def _invoke(self, function: str, request: HttpRequest) -> None:
        answer = await self._worker.invoke_http(function, request)
        if answer.status != 200:
            raise RuntimeError(f"Expected 200, got {answer.status}: {answer.body[:200]!r}")


async def read_beside(load: Load, read: Callable[[], Awaitable[float]]) -> list[float]:
    """Read for as long as the load takes, and no longer.

    Returns
    -------
    list of float
        Seconds of each read.
    """
    loading = asyncio.ensure_future(load())
    # Lets it begin: reads that are over before count for nothing.
    await asyncio.sleep(0)
    seconds = []
    while not loading.done():
        seconds.append(await read())
        await asyncio.sleep(0)
    await loading
    return seconds


async def measure(way: str, user: str) -> dict[str, Any]:
    """Read beside many loads, and as often alone after each.

    Returns
    -------
    dict
        `beside` and `alone`, the percentiles of all reads of each kind; `load_seconds`, the
        median until an applicant is scored; `reads`, how many were made beside; `peak_mb`.
    """
    app = ReadApp(user)
    await app.start()
    # Its libraries are imported once in a process: there is no second first time.
    load, loads = (app.ask_what_if, SCORER_LOADS) if way == "scorer" else (app.load_joblib, 1)
    beside: list[float] = []
    alone: list[float] = []
    took = []
    for _ in range(loads):
        app.renew()
        begun = time.perf_counter()
        met = await read_beside(load, app.read)
        took.append(time.perf_counter() - begun)
        beside += met
        alone += [await app.read() for _ in met]
    return {
        "beside": describe_microseconds(beside),
        "alone": describe_microseconds(alone),
        "reads": len(beside),
        "load_seconds": median(took),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    with Path(os.devnull).open("w") as log, redirect_stdout(log):
        configure_logging()
        told = asyncio.run(measure(sys.argv[1], sys.argv[2]))
    print(json.dumps(told), flush=True)
    # The app's own threads need not be waited for.
    os._exit(0)
