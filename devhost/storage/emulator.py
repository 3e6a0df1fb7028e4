"""The storage emulator, Azurite, in a process of its own."""

import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from devhost.errors import StartError
from devhost.storage.node import find_azurite, find_node

# The emulator's account and key are public, the same on every machine.
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
SERVICES = ("Blob", "Queue", "Table")

_PRELOAD = Path(__file__).with_name("azurite_preload.mjs")
_LISTENS = re.compile(r"Azurite (\w+) service is successfully listening at (http://\S+)")
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running storage emulator.

    Attributes
    ----------
    connection_string : str
        Holds the addresses of the three services and the emulator's well-known key.
    pid : int
        The process id.
    """

    connection_string: str
    pid: int


@contextmanager
def run_emulator(location: Path | None = None, timeout_seconds: float = 60.0) -> Iterator[Emulator]:
    """Run Azurite on free ports of 127.0.0.1 until the block exits.

    Parameters
    ----------
    location : Path or None
        Directory of the persistent store, created if missing; None to keep the data in memory.
    timeout_seconds : float
        How long the three services may take to start.

    Raises
    ------
    StartError
        When it is not installed, exits at once or does not start in time.
    """
    command = [str(find_node()), "--import", _PRELOAD.as_uri(), str(find_azurite()), *_options()]
    if location is None:
        command.append("--inMemoryPersistence")
    else:
        location.mkdir(parents=True, exist_ok=True)
        command += ["--location", str(location)]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output,
        ExitStack() as stopping,
    ):
        # An interrupt between the two lines would leave a process that nobody knows.
        with interrupts_deferred():
            process = _spawn(command, output)
            stopping.callback(_stop, process)
        addresses = _wait_until_listening(process, output, timeout_seconds)
        yield Emulator(connection_string(addresses), process.pid)


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Let Ctrl-C interrupt after the block, and not in it; other threads get none anyway."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _: arrived.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        if arrived:
            signal.raise_signal(signal.SIGINT)


def connection_string(addresses: dict[str, str]) -> str:
    """Format an emulator's connection string.

    Parameters
    ----------
    addresses : dict of str to str
        The addresses of `Blob`, `Queue` and `Table`, without the account.
    """
    endpoints = "".join(
        f"{service}Endpoint={addresses[service]}/{ACCOUNT};" for service in SERVICES
    )
    return (
        f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={ACCOUNT_KEY};{endpoints}"
    )


def _options() -> list[str]:
    options = ["--skipApiVersionCheck", "--disableTelemetry", "--silent"]
    for service in ("blob", "queue", "table"):
        # With port 0 the system chooses a free port, so no other program can take it first.
        options += [f"--{service}Host", "127.0.0.1", f"--{service}Port", "0"]
    return options


def _wait_until_listening(
    process: subprocess.Popen[bytes], output: TextIO, timeout_seconds: float
) -> dict[str, str]:
    deadline = time.monotonic() + timeout_seconds
    while True:
        exited = process.poll() is not None
        output.seek(0)
        log = output.read()
        addresses = dict(_LISTENS.findall(log))
        if not exited and len(addresses) == len(SERVICES):
            return addresses
        if exited or time.monotonic() > deadline:
            fate = f"exited with code {process.returncode}" if exited else "did not start in time"
            last_lines = "\n".join(log.strip().splitlines()[-15:])
            raise StartError(f"The storage emulator {fate}. Its last output:\n{last_lines}")
        time.sleep(0.05)


def _spawn(command: list[str], output: TextIO) -> subprocess.Popen[bytes]:
    # In a session of its own, so that Ctrl-C does not end it before the app's last write.
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    # An impatient second Ctrl-C must not leave it running.
    with interrupts_deferred():
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()
