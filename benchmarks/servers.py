"""The servers to compare, each in its own process on this machine."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from benchmarks.processes import ROOT, deployed_environment
from benchmarks.rounds import interleave
from devhost.running_host import free_port

APPS = Path(__file__).parent / "apps"
TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server process, which may not be listening yet."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        """The base URL, without a trailing slash."""
        return f"http://127.0.0.1:{self.port}"


type Start = Callable[[], AbstractContextManager[Server]]


def start_host(
    app_dir: Path,
    settings: Mapping[str, str],
    root: Path = ROOT,
    host: Sequence[str] = ("-m", "devhost"),
) -> Start:
    """Return a function that starts an app in the development host.

    Parameters
    ----------
    app_dir : Path
        The app.
    settings : mapping of str to str
        Its settings.
    root : Path
        Where the host is imported from, and what else of ours there is to import.
    host : sequence of str
        How Python runs the host.
    """
    environment = deployed_environment() | {"PYTHONPATH": str(root), "DEVHOST_POLL_SECONDS": "3600"}
    environment |= dict(settings)
    command = [sys.executable, *host, "host", "--port"]
    return lambda: _run(command, app_dir, environment)


def start_bare() -> Start:
    """Return a function that starts uvicorn with a constant alone."""
    options = ["--log-level", "error", "--no-access-log", "--port"]
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:answer_constant", *options]
    return lambda: _run(command, ROOT, deployed_environment())


def start_reference(folder: Path) -> Start:
    """Return a function that starts the reference's API on the output of its job."""
    command = [sys.executable, "-m", "benchmarks.reference.server", str(folder)]
    return lambda: _run(command, ROOT, deployed_environment())


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
    """Send requests until the response is 200.

    Raises
    ------
    RuntimeError
        When that takes too long.
    """
    deadline = time.perf_counter() + TIMEOUT_SECONDS
    last: object = "nothing"
    while time.perf_counter() < deadline:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            last = response.read()
            if response.status == 200:
                return
        except (OSError, HTTPException) as error:
            last = error
        finally:
            connection.close()
        time.sleep(0.002)
    raise RuntimeError(f"Expected 200 from {server.url}{path}; the last response: {last!r}")


def time_first_responses(
    starts: Mapping[str, Start], path: str, rounds: int
) -> dict[str, list[float]]:
    """Start each server several times, in turn, and time its first response.

    Returns
    -------
    dict of str to list of float
        The seconds from start to first response, by server; a first round is left out.
    """
    measures = {name: partial(_time_first_response, start, path) for name, start in starts.items()}
    return interleave(measures, rounds, warm_up=True)


def _time_first_response(start: Start, path: str) -> float:
    started = time.perf_counter()
    with start() as server:
        wait_for(server, path)
        return time.perf_counter() - started
