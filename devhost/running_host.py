"""The development host in a process of its own, for tests and benchmarks."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from devhost.errors import StartError
from devhost.storage.node import PROJECT

_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class RunningHost:
    """A host that accepts requests.

    Attributes
    ----------
    url : str
        Without a trailing slash.
    pid : int
        The process id.
    read_output : Callable
        Returns everything that it has printed so far.
    """

    url: str
    pid: int
    read_output: Callable[[], str]


@contextmanager
def run_host_process(
    app_dir: Path, settings: Mapping[str, str], timeout_seconds: float = 60.0
) -> Iterator[RunningHost]:
    """Run an app on a free port, in a process of its own, until the block exits.

    Parameters
    ----------
    app_dir : Path
        The directory of function_app.py and host.json.
    settings : mapping of str to str
        Environment variables, added to those of this process.
    timeout_seconds : float
        How long it may take to start.

    Raises
    ------
    StartError
        With its output, when it exits or does not start in time.
    """
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        with output.open("wb") as written:
            process = subprocess.Popen(
                [sys.executable, "-m", "devhost", "host", "--port", str(port)],
                cwd=app_dir,
                env=os.environ | {"PYTHONPATH": str(PROJECT)} | dict(settings),
                stdout=written,
                stderr=subprocess.STDOUT,
            )
        try:
            _wait_until_served(process, port, output, timeout_seconds)
            yield RunningHost(f"http://127.0.0.1:{port}", process.pid, output.read_text)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def free_port() -> int:
    """Find a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_served(
    process: subprocess.Popen[bytes], port: int, output: Path, timeout_seconds: float
) -> None:
    deadline = time.monotonic() + timeout_seconds
    while not _is_served(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise StartError(f"The host did not start. Its output:\n{output.read_text()}")
        time.sleep(_POLL_SECONDS)


def _is_served(port: int) -> bool:
    # The port accepts connections before the app is loaded, so only an answer counts.
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(1) != b""
    except OSError:
        return False
