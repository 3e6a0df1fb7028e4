"""The commands of the Makefile, run as a person types them."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from devhost.running_host import free_port
from tests.support.paths import ROOT


@dataclass
class Started:
    """The app, as started by `make start`."""

    port: int
    output: Path
    client: httpx.Client

    def get(self, path: str) -> httpx.Response:
        return self.client.get(f"http://127.0.0.1:{self.port}/api{path}")

    def answers(self, path: str) -> bool:
        try:
            return self.get(path).status_code == 200
        except httpx.TransportError:
            return False

    def both(self, user: int) -> tuple[bytes, bytes]:
        features = self.get(f"/user/{user}/caracteristicasriesgo")
        prediction = self.get(f"/user/{user}/prediccion")
        assert (features.status_code, prediction.status_code) == (200, 200), user
        return features.content, prediction.content

    def drop(self, csv: Path) -> subprocess.CompletedProcess[str]:
        return make("drop", self.port, CSV=str(csv))


def environment(port: int, **settings: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "AzureWebJobsStorage"}
    fixed = {"PORT": str(port), "AS_OF": "2022-03-08", "RELEASE_REFRESH_SECONDS": "0.2"}
    return inherited | fixed | settings


def make(target: str, port: int, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", target],
        cwd=ROOT,
        env=environment(port, **settings),
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def make_start(folder: Path) -> Iterator[Started]:
    port = free_port()
    output = folder / "output"
    with output.open("wb") as written:
        process = subprocess.Popen(
            ["make", "start"],
            cwd=ROOT,
            env=environment(port),
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        with httpx.Client(timeout=30) as client:
            yield Started(port, output, client)
    finally:
        # Ctrl-C reaches every process of the terminal.
        os.killpg(process.pid, signal.SIGINT)
        process.wait()
        shutil.rmtree(ROOT / ".local" / str(port), ignore_errors=True)
