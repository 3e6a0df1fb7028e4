"""The servers to compare, each in a process of its own on this machine."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median

from benchmarks.processes import ROOT
from devhost.running_host import free_port

APPS = Path(__file__).parent / "apps"
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was started, and may not listen yet."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"


type Start = Callable[[], AbstractContextManager[Server]]


def start_host(app_dir: Path, settings: Mapping[str, str]) -> Start:
    """Give a way to start an app in the development host."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DEVHOST_POLL_SECONDS": "3600"}
    environment |= dict(settings)
    command = [sys.executable, "-m", "devhost", "host", "--port"]
    return lambda: _run(command, app_dir, environment)


def start_bare() -> Start:
    """Give a way to start uvicorn with nothing but a constant behind it."""
    options = ["--log-level", "error", "--no-access-log", "--port"]
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:answer_constant", *options]
    return lambda: _run(command, ROOT, dict(os.environ))


def start_reference(folder: Path) -> Start:
    """Give a way to start the reference's API on what its job wrote."""
    command = [sys.executable, "-m", "benchmarks.reference.server", str(folder)]
    return lambda: _run(command, ROOT, dict(os.environ))


@contextmanager
def _run(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    process = subprocess.Popen(
        [*command, str(port)],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def wait_for(server: Server, path: str) -> None:
    """Ask until the answer is 200.

    Raises
    ------
    RuntimeError
        When it is not in time.
    """
    deadline = time.perf_counter() + PATIENCE_SECONDS
    last: object = "nothing"
    while time.perf_counter() < deadline:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            last = answer.read()
            if answer.status == 200:
                return
        except (OSError, HTTPException) as error:
            last = error
        finally:
            connection.close()
        time.sleep(0.002)
    raise RuntimeError(f"Expected 200 from {server.url}{path}; the last answer: {last!r}")


def time_first_answers(starts: Mapping[str, Start], path: str, times: int) -> dict[str, float]:
    """Start each server afresh, in turn, and time from the start to its first answer.

    Returns
    -------
    dict of str to float
        The median of the seconds, by server.
    """
    seconds: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(times):
        for name, start in starts.items():
            begun = time.perf_counter()
            with start() as server:
                wait_for(server, path)
                seconds[name].append(time.perf_counter() - begun)
    return {name: median(one) for name, one in seconds.items()}
