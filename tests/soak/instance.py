"""What an instance of the app does, in a process that may be killed.

The process is forked from one that has imported what training needs, so that it starts in
milliseconds. Everything else is as on the platform: Microsoft's worker library indexes the app and
invokes its functions.
"""

import asyncio
import json
import logging
import os
import resource
import sys
import tempfile
import traceback
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

import training.retraining  # noqa: F401 -- the slow imports, once for all instances
from devhost.errors import InvocationError
from devhost.host.http_messages import HttpRequest
from devhost.host.routes import Router, make_route
from devhost.host.timers import timer_info
from devhost.host.worker import Worker
from tests.soak.clocks import CLOCK_SECONDS, set_clocks
from tests.support.paths import ROOT

FILE_BYTES = "SOAK_FILE_BYTES"
"""The setting that says how long a file of the instance may become."""


def deliver(settings: Mapping[str, str], folder: Path, blob: str) -> None:
    """Take one delivery of a blob; the exit code is 0 when the platform would be content."""
    _run(settings, folder, _deliver(blob))


def decide(settings: Mapping[str, str], folder: Path, path: str, body: Mapping[str, Any]) -> None:
    """Take a person's decision, and leave status and body of the answer in the folder."""
    _run(settings, folder, _decide(settings, folder, path, body))


def maintain(settings: Mapping[str, str], folder: Path) -> None:
    """Fire the timer once."""
    _run(settings, folder, _maintain())


def _run(settings: Mapping[str, str], folder: Path, work: Coroutine[Any, Any, None]) -> None:
    written = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(written, stream)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    logging.getLogger("azure").setLevel(logging.WARNING)
    os.environ.update(settings)
    tempfile.tempdir = settings["TMPDIR"]
    if FILE_BYTES in settings:
        most = int(settings[FILE_BYTES])
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    code = 0
    try:
        asyncio.run(work)
    except InvocationError:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    # The worker library's threads would keep the process.
    os._exit(code)


async def _start_worker() -> Worker:
    # What is observed is the work alone, without a thread that loads a release beside it.
    os.environ.update({"AzureWebJobs.prediccion.Disabled": "true"})
    worker = Worker(ROOT)
    await worker.index()
    if CLOCK_SECONDS in os.environ:
        set_clocks(float(os.environ[CLOCK_SECONDS]))
    return worker


async def _deliver(blob: str) -> None:
    worker = await _start_worker()
    await worker.invoke_blob("entrenamiento", "input", blob)


async def _maintain() -> None:
    worker = await _start_worker()
    await worker.invoke_timer("mantenimiento", timer_info({}, past_due=False))


async def _decide(
    settings: Mapping[str, str], folder: Path, path: str, body: Mapping[str, Any]
) -> None:
    worker = await _start_worker()
    http = [one for one in worker.functions.values() if one.kind == "httpTrigger"]
    found = Router([make_route(one, "api") for one in http]).find("POST", path)
    assert found, path
    headers = {"content-type": "application/json", "x-approval-key": settings["APPROVAL_KEY"]}
    request = HttpRequest(
        "POST",
        f"http://localhost:7071{path}",
        params=found.params,
        headers=headers,
        body=json.dumps(body).encode(),
    )
    answer = await worker.invoke_http(found.function, request)
    # Renamed into place, so that whoever is killed has left no half of it.
    partial = folder / "answer.partial"
    partial.write_text(json.dumps({"status": answer.status, "body": answer.body.decode()}))
    partial.rename(folder / "answer")
